"""The style of a report: for a phone first, light and dark, and for paper."""

STYLE = """
:root{color-scheme:light dark;--back:#fbfcfd;--card:#fff;--text:#1c2430;--faint:#5b6675;--line:#d6dde6;--grid:#e6ebf1;
--left:#0067a3;--right:#c24e00;--first:#0067a3;--last:#c24e00;--good:#1a7f4b;--warn:#8a4b00;--warn-back:#fff4e0;--note-back:#edf4fb}
@media (prefers-color-scheme:dark){:root{--back:#10151d;--card:#182029;--text:#e8edf4;--faint:#9aa8ba;--line:#303b49;
--grid:#26303c;--left:#57bdf7;--right:#ff9a57;--first:#57bdf7;--last:#ff9a57;--good:#5fd49a;--warn:#ffcf87;--warn-back:#33270f;--note-back:#16263a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:68rem;padding:1rem;background:var(--back);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.45rem;line-height:1.2;margin:.2rem 0 .4rem}
h2{font-size:1.15rem;margin:2rem 0 .6rem}
h4{font-size:.9rem;margin:.5rem 0 .2rem}
h3{font-size:1rem;margin:1.2rem 0 .3rem}
p{margin:.4rem 0}
small,.faint,figcaption,summary{color:var(--faint);font-size:.85rem}
ul{margin:.4rem 0;padding-left:1.2rem}
li{margin:.25rem 0}
.note,.warning{padding:.6rem .8rem;border-radius:.5rem;margin:.6rem 0;background:var(--note-back)}
.warning{background:var(--warn-back);color:var(--warn)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem;margin:.8rem 0}
@media(min-width:44rem){.tiles{grid-template-columns:repeat(4,1fr)}}
.tile{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.6rem .75rem}
.tile b{display:block;font-size:1.35rem;line-height:1.25;font-variant-numeric:tabular-nums}
.tile b small{font-size:.9rem;font-weight:400}
.tile span{display:block;color:var(--faint);font-size:.85rem}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,18.5rem),1fr));gap:.8rem}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.5rem}
figure>strong{display:block;font-size:.95rem}
figure svg,figure img{display:block;width:100%;height:auto}
figure img{border-radius:.35rem}
figcaption{margin-top:.3rem;line-height:1.35}
.strips{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:0 1rem}
.strip{display:grid;grid-template-columns:repeat(3,1fr);gap:.4rem;margin:.4rem 0 .8rem}
.lines{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:.3rem 1rem}
.lines.long{grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr))}.lines.long svg{max-width:36rem}
.kinds{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));gap:0 1rem}
.strip figure{padding:.3rem}
.faults{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(46%,11rem),1fr));gap:.5rem}
.faults figcaption strong{display:block}
.partial.key{border:0;height:.75rem;background:var(--right);opacity:.35;margin:0 .35rem -.1rem .9rem}
.badge{display:inline-block;margin:0 .3rem 0 .6rem;padding:0 .5rem;border-radius:1rem;background:var(--note-back);
font-size:.85rem;font-variant-numeric:tabular-nums}
svg text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--faint)}
svg .grid{stroke:var(--grid);stroke-width:1}
svg .zero{stroke:var(--line);stroke-width:1.4}
svg .mark{stroke-width:1;stroke-dasharray:2 3}
svg .curve,svg .limb{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}
svg .right.curve{stroke-dasharray:7 3.5}
svg .left{stroke:var(--left)}svg .right{stroke:var(--right)}svg .middle{stroke:var(--faint)}
svg .limb{stroke-width:3}
svg .band{stroke:none;opacity:.18}
svg .left.band,svg .left.bar{fill:var(--left)}svg .right.band,svg .right.bar{fill:var(--right)}
svg .bar{stroke:none}
svg .repeated{stroke:var(--first);stroke-width:1.6;opacity:.8}
svg .best.repeated{stroke-width:3.4;opacity:1}
svg .signal{stroke:var(--text);stroke-width:1.6}
svg .stretch{stroke:none;fill:var(--left);opacity:.2}svg .partial.stretch{fill:var(--right)}
svg .label{fill:var(--text);font-weight:600}
svg .shade{fill:var(--line);opacity:.75}
.key{display:inline-block;width:1.6rem;border-top:3px solid var(--left);margin:0 .35rem .22rem 0}
.right.key{border-top:3px dashed var(--right);margin-left:.9rem}
.order.key{margin-left:.9rem}.best.key{border-top-width:5px;border-color:var(--text);margin-left:.9rem}
.shade.key{border:0;height:.75rem;background:var(--line);margin:0 .35rem -.1rem .9rem}
table{width:100%;border-collapse:collapse;font-size:.93rem}
th{text-align:left;font-weight:600;border-bottom:1px solid var(--line);padding:.3rem .25rem;vertical-align:bottom}
td{padding:.35rem .25rem .1rem;vertical-align:top}
th.number,td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.number small{display:block;line-height:1.1}
.measures th:first-child{width:40%}
.scroll{overflow-x:auto;margin:.4rem 0 1rem}
.repetitions{font-size:.85rem}.repetitions small{font-size:.9em}
.repetitions th{line-height:1.25;overflow-wrap:normal;hyphens:auto;max-width:8.5rem}
.repetitions thead th.number{white-space:normal;min-width:4.2rem}
.repetitions td,.repetitions tbody th{border-bottom:1px solid var(--grid);padding:.3rem .35rem;white-space:nowrap}
.repetitions tbody th{vertical-align:top}
.repetitions th:first-child{position:sticky;left:0;background:var(--back)}
tr.more td{padding:0 .25rem .45rem;border-bottom:1px solid var(--grid)}
details{font-size:.9rem}
details>p{margin:.3rem 0 .3rem .9rem}
summary{cursor:pointer;padding:.15rem 0}
dl{display:grid;grid-template-columns:minmax(6.5rem,auto) 1fr;gap:.2rem .8rem;margin:.5rem 0;font-size:.93rem}
dt{color:var(--faint)}
dd{margin:0}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.6rem;color:var(--faint);font-size:.85rem}
@media print{:root{--back:#fff;--card:#fff;--text:#000;--faint:#444;--line:#bbb;--grid:#ddd;--left:#0067a3;
--right:#c24e00;--first:#0067a3;--last:#c24e00;--good:#1a7f4b;--warn:#000;--warn-back:#fff;--note-back:#fff}body{max-width:none;padding:0;font-size:11pt}
figure,.tile,tr,.repetition,.note,.warning{break-inside:avoid}h2{break-after:avoid}.note,.warning{border:1px solid #bbb}
.strips,.kinds,.lines.long{grid-template-columns:1fr 1fr}
.faults{grid-template-columns:1fr 1fr}.scroll{overflow:visible}
.repetitions{font-size:7.5pt}.repetitions thead th.number{min-width:0}}
"""
