// The page of one case: the caller's words, the form that an act needs, and news of the case.

const audio = document.getElementById("audio");
for (const button of document.querySelectorAll("[data-at]")) {
  button.addEventListener("click", () => {
    const go = () => {
      audio.currentTime = Math.max(0, Number(button.dataset.at) - 0.2);
      audio.play();
    };
    if (audio.readyState > 0) go();
    else {
      audio.addEventListener("loadedmetadata", go, { once: true });
      audio.load();
    }
  });
}

const act = document.getElementById("act");
const note = document.getElementById("note");
function fit() {
  const chosen = act.selectedOptions[0];
  note.required = chosen.dataset.needs === "reason";
  for (const part of document.querySelectorAll("[data-for]")) {
    part.hidden = part.dataset.for !== act.value;
    part.querySelector("select").required = !part.hidden;
  }
}
if (act) {
  act.addEventListener("change", fit);
  fit();
}

const stale = document.getElementById("stale");
if (stale) {
  const news = new EventSource("/board/news");
  news.addEventListener("message", (event) => {
    if (JSON.parse(event.data).case_id !== stale.dataset.case) return;
    if (note?.value.trim()) stale.hidden = false;
    else location.reload();
  });
  addEventListener("pagehide", () => news.close());
}
