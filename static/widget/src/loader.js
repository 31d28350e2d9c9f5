const script = document.currentScript;

const host = document.createElement("div");
host.addEventListener("click", () =>
  import(new URL(__FILES__.app, script.src)).then((app) => app.start(host, script.dataset.agent)),
);
document.body.append(host);
