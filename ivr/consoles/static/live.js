// One call while it goes on: captions from its beginning, and listening in.

const captions = document.getElementById("captions");
const line = document.getElementById("line");
const audio = document.getElementById("audio");
const button = document.getElementById("listen");
const WHO = { caller: "对方", service: "系统" };
const news = new EventSource(`/live/${captions.dataset.call}/captions`);

function say(tone, text) {
  line.className = `state ${tone}`;
  line.textContent = text;
}

function add(who, text) {
  const item = document.createElement("li");
  item.className = WHO[who] ? who : "hint";
  if (WHO[who]) {
    const name = document.createElement("small");
    name.textContent = WHO[who];
    item.append(name);
  }
  item.append(text);
  captions.append(item);
  item.scrollIntoView({ block: "nearest" });
}

news.addEventListener("open", () => {
  captions.replaceChildren(); // it is told from the beginning each time
  say("good", "实时");
});
news.addEventListener("error", () => {
  say("bad", "断线，正在重连");
  if (news.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 1000); // shut out: nothing stays on the screen
});
news.addEventListener("message", ({ data }) => {
  const told = JSON.parse(data);
  if (told.who === "end") {
    news.close();
    say("plain", "已结束");
    document.getElementById("after").hidden = false;
    stop();
  } else if (told.event) add("", told.event);
  else if (told.text) add(told.who, told.text);
});

function stop() {
  if (!audio) return;
  audio.pause();
  audio.removeAttribute("src");
  audio.load();
  button.textContent = "开始旁听";
}

button?.addEventListener("click", () => {
  if (audio.hasAttribute("src")) {
    stop();
    return;
  }
  audio.src = audio.dataset.src;
  audio.play().catch(() => {
    stop();
    say("bad", "听不了，请再试一次");
  });
  button.textContent = "停止旁听";
});
