// Small comforts. Every page works without this file.

document.documentElement.classList.add("scripted");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.querySelector("details[data-menu][open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  }
});

// Enter on a ticked row would press the first of the buttons for all ticked rows. Buttons are pressed by hand.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches(".rows input[type=checkbox]")) event.preventDefault();
});

// One menu at a time; a click beside it closes it.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details[data-menu][open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

// A form is sent once, however often its button is clicked while the answer is on its way. It is sent with the mark
// that the browser holds now: that of the page is too old when somebody signed in again in another window.
const SENT_FOR = 10_000;
const sent = new WeakMap();
const mark = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (Date.now() - (sent.get(form) ?? -SENT_FOR) < SENT_FOR) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  const field = form.elements.namedItem("csrfmiddlewaretoken");
  if (field && mark()) field.value = mark();
  sent.set(form, Date.now());
}, true);
window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => sent.delete(form)));

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("select[data-submit]")) field.form.submit();
  if (field.matches("input[data-all]")) {
    for (const box of field.form.querySelectorAll('input[name="row"]')) box.checked = field.checked;
  }
});

// Of tabs that do not fit side by side the current one is in sight.
for (const current of document.querySelectorAll(".tabs [aria-current]")) {
  const row = current.closest("ul");
  const out = current.getBoundingClientRect().right - row.getBoundingClientRect().right;
  if (out > 0) row.scrollLeft += Math.ceil(out);
}

// What went wrong is read first.
document.querySelector("[data-focus]")?.focus();

// Cyrillic letters in the Latin spelling that offices use, so that a list can be searched in either script.
const LATIN = {
  а: "a", б: "b", в: "v", г: "g", ғ: "g", д: "d", е: "e", ё: "e", ж: "j", з: "z", и: "i", й: "i", і: "i",
  к: "k", қ: "k", л: "l", м: "m", н: "n", ң: "n", о: "o", ө: "o", ў: "o", п: "p", р: "r", с: "s", т: "t",
  у: "u", ү: "u", ұ: "u", ф: "f", х: "h", ҳ: "h", һ: "h", ц: "c", ч: "ch", ш: "sh", щ: "sh", ъ: "", ы: "i",
  ь: "", э: "e", ю: "iu", я: "ia", ә: "a", ʻ: "", ʼ: "", "'": "", y: "i",
};
const folded = (text) =>
  text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "")
    .replace(/[^\x20-\x7e]|['y]/g, (letter) => LATIN[letter] ?? letter);

function makeSearchable(list) {
  if (list.options.length < 12 || list.previousElementSibling?.matches(".find")) return;
  const options = [...list.options].map((option) => [option, folded(option.text)]);
  const box = document.createElement("input");
  box.type = "search";
  box.className = "find";
  box.autocomplete = "off";
  box.placeholder = list.dataset.search;
  const label = list.labels[0];
  if (label) box.setAttribute("aria-label", label.textContent.trim());
  box.addEventListener("input", () => {
    const words = folded(box.value).split(/\s+/).filter(Boolean);
    const kept = options.filter(
      ([option, text]) => !option.value || option.selected || words.every((word) => text.includes(word)),
    );
    list.replaceChildren(...kept.map(([option]) => option));
    const hits = kept.filter(([option]) => option.value);
    if (words.length && hits.length === 1 && !list.multiple) list.value = hits[0][0].value;
  });
  list.before(box);
}

document.querySelectorAll("select[data-search]").forEach(makeSearchable);
document.addEventListener("htmx:load", (event) => {
  event.target.querySelectorAll?.("select[data-search]").forEach(makeSearchable);
});
