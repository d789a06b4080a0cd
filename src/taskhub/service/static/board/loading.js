/** A page of which a part did not come through is loaded once more. If that does not help, it is told: the page would stay empty. */
const KEY = "taskhub.loaded-again";

addEventListener("load", () => {
  if (document.querySelector("board-app")) return sessionStorage.removeItem(KEY);
  if (sessionStorage.getItem(KEY) === null) {
    sessionStorage.setItem(KEY, location.pathname);
    return location.reload();
  }
  const told = document.createElement("p");
  told.className = "empty";
  told.setAttribute("role", "alert");
  told.textContent = "The board could not be loaded. Check the connection, then reload the page.";
  document.body.replaceChildren(told);
});

export {};
