"""What the words around a number say: label, purpose, owner, hours, fee."""
