"""App stores: whose listing is it, and where does it send people for help?"""
