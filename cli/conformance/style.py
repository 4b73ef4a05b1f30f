"""How the page looks. Every pair of colours has a contrast of at least 4.5, in both schemes."""

STYLE = """
:root { --paper: #ffffff; --card: #f6f7f9; --ink: #1b1f24; --soft: #57606a; --rule: #d5dae0;
  --link: #0a58a8; --pass: #176639; --warn: #7a5200; --fail: #ad1f2d; --skip: #57606a;
  --fault: #7a2c8f; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181d; --card: #1c2229; --ink: #e7ebf0;
  --soft: #a4aeb9; --rule: #38424d; --link: #7db8f5; --pass: #6bcf93; --warn: #e8b75a;
  --fail: #ff8a92; --skip: #a4aeb9; --fault: #d9a0ea; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: .1rem 0 .6rem; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .8rem; padding-bottom: .3rem;
  border-bottom: 2px solid var(--rule); }
h3 { font-size: 1rem; margin: 0; }
p { margin: .45rem 0; }
h1, h3, p { overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.over, .dim { color: var(--soft); }
.over { margin: 0; letter-spacing: .04em; }
.good, .bad { font-weight: 600; border-left: .35rem solid; padding-left: .7rem; }
.good { border-color: var(--pass); } .bad { border-color: var(--fail); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--rule);
  vertical-align: top; }
article { background: var(--card); border: 1px solid var(--rule); border-left: .35rem solid;
  border-radius: .3rem; padding: .8rem 1rem; margin: .7rem 0; }
article.pass { border-left-color: var(--pass); } article.warn { border-left-color: var(--warn); }
article.fail { border-left-color: var(--fail); } article.skip { border-left-color: var(--skip); }
article.fault { border-left-color: var(--fault); }
article:target { outline: 3px solid var(--link); }
.id { display: inline-block; min-width: 2.2rem; }
.badge { font-weight: 700; }
.badge.pass { color: var(--pass); } .badge.warn { color: var(--warn); }
.badge.fail { color: var(--fail); } .badge.skip { color: var(--skip); }
.badge.fault { color: var(--fault); }
.level { color: var(--soft); border: 1px solid var(--rule); border-radius: .3rem;
  padding: 0 .4rem; font-size: .85rem; margin-left: .4rem; }
code { font: .88rem ui-monospace, monospace; overflow-wrap: anywhere; }
details { margin-top: .4rem; } summary { cursor: pointer; color: var(--link); }
details ol { margin: .5rem 0 0; padding-left: 1.6rem; } details li { margin: .35rem 0; }
li, dd { overflow-wrap: anywhere; }
.ids { columns: 16rem; padding-left: 1.2rem; }
footer { margin-top: 3rem; color: var(--soft); border-top: 1px solid var(--rule); }
nav ul { columns: 16rem; padding-left: 1.2rem; margin: 0; }
@media (max-width: 34rem) { body { padding: 1.25rem .9rem 3rem; } h1 { font-size: 1.4rem; }
  table { font-size: .93rem; } th, td { padding-right: .55rem; } article { padding: .7rem .8rem; } }
@media print { details { display: block; } article { break-inside: avoid; } }
"""
