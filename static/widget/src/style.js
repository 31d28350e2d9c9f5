const DARK = `--bg:#181b1c;--soft:#252c2b;--line:#363e3d;--edge:#7d8985;--text:#ecf1ef;--muted:#a9b4b0;--link:var(--text-dark);--ring:var(--edge-dark);--bad:#ff9b90;color-scheme:dark`;

export const CSS = `
.pb{--bg:#fff;--soft:#f3f6f5;--line:#dde3e0;--edge:#7b8782;--text:#17201d;--muted:#55605c;--link:var(--text-light);--ring:var(--edge-light);--bad:#b3261e;--mark:color-mix(in srgb,var(--accent) 24%,transparent);color-scheme:light;color:var(--text)}
.dark{${DARK}}
@media (prefers-color-scheme:dark){.auto{${DARK}}}
.panel,.panel *{box-sizing:border-box}
.panel{position:fixed;bottom:calc(92px + env(safe-area-inset-bottom,0px));right:20px;display:flex;flex-direction:column;width:400px;height:min(680px,calc(100vh - 112px));border:1px solid var(--line);border-radius:16px;background:var(--bg);box-shadow:0 12px 48px #0003;overflow:hidden;overflow-wrap:anywhere;animation:in .18s}
.left .panel{right:auto;left:20px}
@keyframes in{from{opacity:0;transform:translateY(8px)}}
.panel button,.panel input,.panel textarea{font:inherit;color:inherit;margin:0}
.panel button{cursor:pointer;background:none;border:0;padding:0;border-radius:8px;text-align:start}
.panel a{color:var(--link)}
.panel :focus-visible{outline:2px solid var(--ring);outline-offset:2px}
.panel :is(p,ul,ol,blockquote,pre,h2){margin:0}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.head{display:flex;gap:10px;align-items:center;padding:calc(12px + env(safe-area-inset-top,0px)) 12px 12px 16px;border-bottom:1px solid var(--line)}
.sign,.round,.vote,.send{display:grid;place-items:center;flex:none;width:34px;height:34px}
.sign,.panel .send,.panel .main{background:var(--accent);color:var(--on-accent);border:1px solid var(--ring)}
.sign,.panel .send{border-radius:50%}
.who{flex:1;min-width:0}
.who h2{font-size:15px;font-weight:600}
.who h2,.source strong{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.who p,.by,.note,.meta,.bar,.wrong,.count,.card label,.source{font-size:13px}
.who p,.by,.note,.meta,.count,.stage,.round,.vote,.card small,.panel blockquote,.panel textarea::placeholder{color:var(--muted);opacity:1}
.panel :is(.round,.vote,.plain,.chip,.menu button):hover,.visitor,.bar,pre,code{background:var(--soft)}
.menu{position:absolute;z-index:2;top:56px;inset-inline-end:12px;display:grid;min-width:180px;padding:4px;border:1px solid var(--line);border-radius:12px;background:var(--bg);box-shadow:0 8px 24px #0002}
.panel .menu button{padding:10px 12px}
.said{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:16px;display:flex;flex-direction:column;gap:16px}
.visitor{align-self:flex-end;max-width:84%;padding:8px 14px;border-radius:16px;border-end-end-radius:4px;white-space:pre-wrap}
.agent,.person,.text,.sources,.card{display:grid;grid-template-columns:minmax(0,1fr);gap:10px}
.person,blockquote{padding-inline-start:12px;border-inline-start:3px solid var(--ring)}
.by,strong,.heading,.card label,.main,.plain{font-weight:600}
.text :is(ul,ol){padding-inline-start:22px}
code{font:13px/1.5 ui-monospace,Menlo,Consolas,monospace;border-radius:4px;padding:1px 4px}
pre{overflow-x:auto;padding:10px;border-radius:8px}
.panel .cite,.source b{min-width:20px;padding:0 5px;border-radius:10px;background:var(--mark);color:var(--text);font:600 11px/20px system-ui;text-align:center;text-decoration:none}
.cite{display:inline-block;margin:0 1px;vertical-align:1px}
.writing .text>:last-child::after,.stage::before{content:"";display:inline-block;width:8px;height:8px;margin-inline:4px;border-radius:50%;background:var(--ring);animation:calm 1.4s infinite}
@keyframes calm{50%{opacity:.25}}
.panel .source{display:grid;grid-template-columns:20px minmax(0,1fr);gap:2px 8px;padding:10px 12px;border:1px solid var(--line);border-radius:10px;color:var(--text);text-decoration:none}
.source b{grid-row:1/3;align-self:start;padding:0}
.source q{quotes:none;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden}
.source q span{background:linear-gradient(var(--mark) 0 0) no-repeat 0/100%;border-radius:3px;animation:marker .7s ease-out backwards}
@keyframes marker{from{background-size:0}}
.row,.meta{display:flex;flex-wrap:wrap;gap:8px;align-items:center}
.grow{flex:1}
.panel .vote[aria-pressed=true]{color:var(--link);background:var(--mark)}
.panel .chip{padding:8px 14px;border:1px solid var(--edge);border-radius:18px}
.panel .main,.panel .plain{padding:9px 14px}
.plain{color:var(--link)}
.panel :disabled{opacity:.55;cursor:default}
.card{padding:14px;border:1px solid var(--line);border-radius:12px}
.card small{font-weight:400}
.panel .card :is(input,textarea){width:100%;margin:4px 0;padding:8px 12px;border:1px solid var(--edge);border-radius:8px;background:var(--bg);font-size:16px;font-weight:400}
.panel [aria-invalid=true]{border-color:var(--bad)!important}
.wrong{color:var(--bad);font-weight:400}
.bar{padding:8px 16px}
.foot{padding:12px 12px calc(12px + env(safe-area-inset-bottom,0px))}
.ask{display:flex;gap:8px;align-items:flex-end;padding-block:4px;padding-inline:14px 4px;border:1px solid var(--edge);border-radius:22px}
.ask:focus-within{border-color:var(--ring);box-shadow:0 0 0 1px var(--ring)}
.ask textarea:placeholder-shown{direction:inherit}
.panel .ask textarea{flex:1;min-width:0;height:34px;padding:5px 0;border:0;outline:0;resize:none;background:none;font-size:16px;line-height:24px}
[dir=rtl] .send svg{transform:scaleX(-1)}
.down svg{transform:rotate(180deg)}
.count:not(:empty){padding:4px 14px 0}
.badge{position:absolute;top:-4px;inset-inline-end:-4px;min-width:22px;padding:0 6px;border-radius:11px;background:#b3261e;color:#fff;font:600 12px/22px system-ui;text-align:center}
@media (max-width:640px),(max-height:480px){.pb .panel{inset:var(--top,0) 0 auto;width:100%;height:var(--high,100dvh);border:0;border-radius:0;z-index:1}}
@media (prefers-reduced-motion:reduce){.panel,.panel *,.panel ::before,.panel ::after{animation:none!important}}
@media (forced-colors:active){.panel :is(.cite,b,.main,.send,.visitor){border:1px solid}:is(.vote[aria-pressed=true],.ask:focus-within){outline:2px solid Highlight}}
`;
