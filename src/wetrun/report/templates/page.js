"use strict";
// The page works without this: it only opens what a link points at, and adds one button.
const runs = [...document.querySelectorAll("details.run")];

function openTarget() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}
addEventListener("hashchange", openTarget);
openTarget();

const button = document.createElement("button");
button.type = "button";
button.className = "toggle";
function label() {
  button.textContent = runs.every((run) => run.open) ? "Fold all runs" : "Unfold all runs";
}
button.addEventListener("click", () => {
  const open = !runs.every((run) => run.open);
  for (const run of runs) run.open = open;
  label();
});
for (const run of runs) run.addEventListener("toggle", label);
label();
document.getElementById("runs").after(button);

// On paper there is nothing to unfold: show the runs, and leave the outputs folded.
let before = [];
addEventListener("beforeprint", () => {
  before = runs.map((run) => run.open);
  for (const run of runs) run.open = true;
});
addEventListener("afterprint", () => runs.forEach((run, index) => { run.open = before[index]; }));
