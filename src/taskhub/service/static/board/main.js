import "./views/app.js";

document.body.replaceChildren(document.createElement("board-app"));
