"use strict";
// Shows the batch that the server asks about, and sends what a person says of it; all that is kept, the server keeps.

const KEYS = "1234567890qwertyuiopadfghjklxcvbnm";  // without s and z, which mean something else
const ENOUGH = { pictures: 20, days: 3, right: 0.9, asked: 50 };
const at = (id) => document.getElementById(id);
let state = null, leftOut = new Set(), isBusy = false;

async function ask(path, body) {
  if (isBusy) return;
  isBusy = true;
  if (document.activeElement.matches("button")) document.activeElement.blur();  // Enter accepts the next guess
  try {
    const answer = await fetch(path, body ? { method: "POST", body: JSON.stringify(body) } : {});
    const given = await answer.json();
    at("error").hidden = answer.ok;
    if (answer.ok) { state = given; leftOut = new Set(); show(); }
    else at("error").textContent = given.error;
  } catch {
    at("error").hidden = false;
    at("error").textContent = "coopwatch label gives no answer; start it again. All that you said is saved.";
  } finally {
    isBusy = false;
  }
}

const shown = () => state.batch.map((one) => one.row).filter((row) => !leftOut.has(row));
const say = (label) => ask("say", { label, pictures: shown() });
const isPlenty = (one) => one.pictures >= ENOUGH.pictures && one.days >= ENOUGH.days;

function make(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function show() {
  const count = state.batch.length;
  at("question").textContent = count === 0 ? "Nothing is left to name" : count === 1 ? "What does this show?" : `What do these ${count} show?`;
  at("progress").textContent = `${state.named} named, ${state.left} to go. Each answer is saved at once.`;
  at("sheet").classList.toggle("few", count <= 6);
  at("sheet").replaceChildren(...state.batch.map(picture));
  at("hint").hidden = count < 2;
  at("guess").hidden = !state.guess;
  at("guess").replaceChildren(make("kbd", "Enter"), ` ${count === 1 ? "it looks" : "they look"} like ${state.guess}`);
  at("labels").replaceChildren(...state.labels.map(label));
  const { right, asked } = state;
  at("lately").textContent = asked ? `Of the last ${asked} that were drawn by chance, a model of what you said would have known ${right}.` : "";
  const used = state.labels.filter((one) => one.pictures > 0);
  const isEnough = used.length > 1 && used.every(isPlenty) && asked >= ENOUGH.asked && right >= ENOUGH.right * asked;
  at("enough").hidden = !isEnough && count > 0;
  at("enough").textContent = count === 0
    ? "All that you said is saved; end coopwatch label with Ctrl-C and train."
    : "That is enough to train: more of the same will hardly help. Ctrl-C ends, and all is saved.";
}

function picture(one) {
  const made = make("button", undefined, "picture");
  const image = make("img");
  image.src = `picture/${one.row}`;
  image.alt = image.title = one.name;
  made.append(image);
  made.setAttribute("aria-pressed", "false");
  made.onclick = () => {
    leftOut.has(one.row) ? leftOut.delete(one.row) : leftOut.add(one.row);
    made.setAttribute("aria-pressed", String(leftOut.has(one.row)));
  };
  return made;
}

function label(one, place) {
  const made = make("button");
  const length = make("span", undefined, "length");
  length.style.width = `${100 * Math.min(1, one.pictures / ENOUGH.pictures)}%`;
  made.append(make("kbd", KEYS[place] ?? " "), make("span", one.name, "name"), make("small", amount(one)), length);
  made.onclick = () => say(one.name);
  const item = make("li");
  item.append(made);
  return item;
}

function amount(one) {
  if (!one.pictures) return "";
  return isPlenty(one) ? `${one.pictures}, enough` : `${one.pictures}, ${one.days} ${one.days === 1 ? "day" : "days"}`;
}

at("new").onsubmit = (event) => {
  event.preventDefault();
  const name = at("name").value.trim();
  if (!name) return;
  at("name").value = "";
  at("name").blur();
  say(name);
};
at("guess").onclick = () => say(state.guess);
at("aside").onclick = () => ask("aside", { pictures: shown() });
at("undo").onclick = () => ask("undo", {});

document.onkeydown = (event) => {
  if (event.target === at("name") || event.ctrlKey || event.metaKey || event.altKey || !state) return;
  const place = KEYS.indexOf(event.key.toLowerCase());
  if (event.key === "Enter" && state.guess && !event.target.matches("button:not(.picture)")) say(state.guess);
  else if (event.key === "s") at("aside").click();
  else if (event.key === "z") at("undo").click();
  else if (event.key.length === 1 && place >= 0 && state.labels[place]) say(state.labels[place].name);
  else return;
  event.preventDefault();
};

ask("state");
