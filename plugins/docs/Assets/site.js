// The theme switch on every page, full size for diagrams, and the search on the first page. Every page can be read
// without this script.
(function () {
  "use strict";
  var root = document.documentElement;
  var themes = ["auto", "light", "dark"];

  function stored() {
    try {
      return localStorage.getItem("docs-theme");
    } catch (refused) {
      return null;
    }
  }

  function apply(theme) {
    if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
    else root.removeAttribute("data-theme");
  }

  function startTheme() {
    var button = document.querySelector("button.theme");
    if (!button) return;
    var theme = themes.indexOf(stored()) >= 0 ? stored() : "auto";
    function show() {
      button.textContent = "Theme: " + theme;
      apply(theme);
    }
    button.hidden = false;
    button.addEventListener("click", function () {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length];
      try {
        localStorage.setItem("docs-theme", theme);
      } catch (refused) {
        // The choice then lasts for this page only.
      }
      show();
    });
    show();
  }

  // Without marks and in small letters, so that "u" finds "ü".
  function plain(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
  }

  function startSearch() {
    var list = document.getElementById("all");
    var field = document.getElementById("query");
    var matches = document.getElementById("matches");
    if (!list || !field || !matches) return;
    var entries = Array.prototype.map.call(list.children, function (item) {
      return { item: item, text: plain(item.textContent + " " + item.getAttribute("data-words")) };
    });

    function narrow() {
      var words = plain(field.value).split(/\s+/).filter(Boolean);
      var count = 0;
      entries.forEach(function (entry) {
        var fits = words.every(function (word) { return entry.text.indexOf(word) >= 0; });
        entry.item.hidden = !fits;
        if (fits) count += 1;
      });
      matches.textContent = !words.length ? "" : count ? count + " of " + entries.length
        : "Nothing has all of these words in its name, type, role, file, id or description.";
    }

    field.form.hidden = false;
    field.form.addEventListener("submit", function (event) {
      event.preventDefault();
      var first = entries.filter(function (entry) { return !entry.item.hidden; })[0];
      if (first) first.item.querySelector("a").click();
    });
    field.addEventListener("input", narrow);
    document.addEventListener("keydown", function (event) {
      if (event.key !== "/" || event.target === field || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.focus();
    });
    if (location.hash === "#search") field.focus();
    narrow();
  }

  // Diagrams that were shrunk to fit the page get a button that shows them at their own size.
  function startZoom() {
    document.querySelectorAll(".diagram").forEach(function (figure) {
      var box = figure.querySelector(".scroll");
      var natural = parseFloat(figure.style.getPropertyValue("--width"));
      if (!box || !(natural > box.clientWidth)) return;
      var button = document.createElement("button");
      button.type = "button";
      button.className = "zoom";
      function show(full) {
        figure.classList.toggle("full", full);
        button.setAttribute("aria-pressed", String(full));
        button.textContent = full ? "Fit to the page" : "Full size";
      }
      button.addEventListener("click", function () { show(!figure.classList.contains("full")); });
      show(false);
      figure.insertBefore(button, box);
    });
  }

  apply(stored());
  document.addEventListener("DOMContentLoaded", function () {
    startTheme();
    startZoom();
    startSearch();
  });
})();
