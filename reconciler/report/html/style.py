"""How the page looks: type, space and few colours; one column on a phone; light, dark and paper. Pure."""

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--paper:#fcfbf9;--card:#fff;--ink:#1c1b19;--soft:#68645c;--line:#e5e1d8;--faint:#f3f0ea;
--accent:#0b6467;--accent2:#7fb5b2;--warn:#8a5a00;--warnbg:#fdf5e3;--bad:#a12622;--badbg:#fdf0ee;--good:#2c6b2f;
--addbg:#e9f4e6;--takebg:#fbeae7;--radius:10px;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--serif:ui-serif,"Iowan Old Style","Palatino Linotype",Palatino,Georgia,serif;
--mono:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{--paper:#161615;--card:#1e1d1c;--ink:#eceae5;--soft:#a39e94;--line:#35332f;
--faint:#262523;--accent:#6fc3c0;--accent2:#2f6f70;--warn:#e6b450;--warnbg:#2d2515;--bad:#f08a80;--badbg:#331d1b;
--good:#8cc98a;--addbg:#1c2d1c;--takebg:#361f1c}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;max-width:1320px;padding:0 32px 64px;background:var(--paper);color:var(--ink);
font:16px/1.55 var(--sans);overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
h1,h2,h3,p,dl,dd,ul,ol,figure,pre{margin:0;padding:0}
ul,ol{list-style:none}
code,pre{font-family:var(--mono);font-size:.875em;white-space:pre-wrap;unicode-bidi:isolate}
a{color:var(--accent);text-underline-offset:3px}
header{padding:40px 0 8px}
.about{font-size:14px;color:var(--soft);display:flex;flex-wrap:wrap;gap:2px 18px;margin-bottom:20px}
.about b{color:var(--ink);letter-spacing:.01em}
h1{font:400 clamp(28px,4.4vw,46px)/1.15 var(--serif);letter-spacing:-.01em;text-wrap:balance;max-width:26em}
h1 .rest{display:block;margin-top:10px;font:400 clamp(17px,2vw,20px)/1.45 var(--sans);letter-spacing:0;
color:var(--soft)}
.figures{display:flex;flex-wrap:wrap;gap:16px 40px;margin:26px 0 6px;padding:18px 0;
border-block:1px solid var(--line)}
.figures dt,th,.items dt,figcaption small{font-size:13px;color:var(--soft);font-weight:400}
.figures dd{font-size:20px;line-height:1.3}
.banner{margin:20px 0 0;padding:14px 18px;border-radius:var(--radius);background:var(--warnbg);
border-left:4px solid var(--warn)}
.banner b{color:var(--warn)}
.banner.bad{background:var(--badbg);border-color:var(--bad)}
.banner.bad b{color:var(--bad)}
nav{display:flex;flex-wrap:wrap;gap:4px 20px;margin:22px 0 0;font-size:15px}
section{margin-top:56px;scroll-margin-top:16px}
h2{font:400 26px/1.2 var(--serif);margin-bottom:6px}
h3{font:600 17px/1.4 var(--sans);margin:0}
.note{color:var(--soft);font-size:15px;margin-bottom:14px}
h2+:not(.note){margin-top:16px}
.cut{margin-top:10px;font-style:italic}
.data{width:100%;border-collapse:collapse}
th,td{text-align:left;vertical-align:top;padding:10px 20px 10px 0;border-bottom:1px solid var(--line)}
th{padding-block:6px;white-space:nowrap}
th:last-child,td:last-child{padding-right:0}
.data .num{text-align:right}
.gone td{color:var(--soft)}
.items>li{padding:14px 0;border-bottom:1px solid var(--line)}
.items>li:first-child{border-top:1px solid var(--line)}
.items dl{margin-top:6px;font-size:15px}
.items dl>div{display:grid;grid-template-columns:5.5em minmax(0,1fr);gap:0 12px;padding:2px 0}
.tag{display:inline-block;max-width:100%;padding:0 9px;border-radius:12px;border:1px solid var(--line);
font:400 13px/22px var(--sans);color:var(--soft)}
.tag.good{color:var(--good);border-color:currentColor}
.tag.warn{color:var(--warn);border-color:currentColor}
.tag.bad{color:var(--bad);border-color:currentColor}
.audiences{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,560px),1fr));gap:20px;margin-top:24px}
.audience,.letter{background:var(--card);border:1px solid var(--line);border-radius:var(--radius);padding:18px 20px}
.audience figcaption{margin-bottom:12px}
.audience figcaption p{color:var(--soft);font-size:15px}
.bar{display:flex;height:14px;border-radius:4px;overflow:hidden;background:var(--faint);print-color-adjust:exact;
-webkit-print-color-adjust:exact}
.bar i{display:block;background:var(--accent);min-width:1px}
.bar i.shared{background:var(--accent2)}
.lists>li{margin-top:12px}
.lists p{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px;margin-bottom:4px;font-size:15px}
.lists small,.legend{font-size:13px;color:var(--soft)}
.legend{margin-top:14px}
.legend i{display:inline-block;width:10px;height:10px;border-radius:3px;background:var(--accent);margin:0 6px 0 0;
print-color-adjust:exact;-webkit-print-color-adjust:exact}
.legend i.shared{background:var(--accent2);margin-left:14px}
.months{display:grid;gap:28px}
.month{width:100%;table-layout:fixed;border-collapse:collapse}
.month caption{text-align:left;font:600 16px/1.4 var(--sans);padding-bottom:6px}
.month th{padding:4px 8px;border-bottom:1px solid var(--line)}
.month td{height:56px;padding:4px 6px;border:1px solid var(--line);font-size:13px;line-height:1.35}
.month .quiet td{height:30px}
.month .ev{max-height:6em}
.month td.out{background:var(--faint);border-color:var(--line)}
.month .day{color:var(--soft);display:block}
.ev{display:block;margin-top:3px;padding:2px 6px;border-left:3px solid var(--accent);background:var(--faint);
border-radius:0 4px 4px 0;
overflow:hidden}
.ev.ch1{border-color:#8a6bbf}.ev.ch2{border-color:#c17f2d}.ev.ch3{border-color:#5b7fbf}
.ev.waiting{border-left-style:dotted}
.ev small{display:block;color:var(--soft);overflow:hidden;text-overflow:ellipsis}
.agenda>li{display:none;grid-template-columns:13em minmax(0,1fr);gap:2px 16px;padding:10px 0;
border-bottom:1px solid var(--line)}
.agenda>li.always{display:grid}
.agenda .ev{display:inline-block;margin:0 4px 2px 0;padding-right:10px}
.agenda time{color:var(--soft)}
.channels{margin-top:12px;font-size:13px;color:var(--soft);display:flex;flex-wrap:wrap;gap:4px 16px}
.channels .ev{display:inline-block;margin:0}
.letter{margin-top:20px}
.letter>.note{margin:4px 0 12px}
.letter .subject{font:400 20px/1.35 var(--serif);margin-top:6px}
.letter .subject del,.letter .subject ins{display:block;text-decoration:none}
.letter .subject del{color:var(--soft);text-decoration:line-through;text-decoration-thickness:1px}
.preview{margin:10px 0 18px}
.preview>input{position:absolute;opacity:0;pointer-events:none}
.preview>label{display:inline-block;padding:3px 14px;border:1px solid var(--line);font-size:14px;cursor:pointer;
color:var(--soft);
user-select:none;background:var(--paper)}
.preview>label.w600{border-radius:99px 0 0 99px}
.preview>label.w360{border-radius:0 99px 99px 0;border-left:0}
.preview>input:checked+label{background:var(--ink);color:var(--paper);border-color:var(--ink)}
.preview>input:focus-visible+label{outline:2px solid var(--accent);outline-offset:2px}
.sides{--w:600px;--s:.98;display:flex;flex-wrap:wrap;gap:20px;margin-top:14px}
.preview>input.w360:checked~.sides{--w:360px;--s:1}
.side figcaption{font-size:14px;color:var(--soft);margin-bottom:6px}
.screen{width:calc(var(--w)*var(--s) + 2px);height:660px;overflow:hidden;border:1px solid var(--line);
border-radius:6px;background:#fff;
resize:vertical}
.screen iframe{display:block;width:var(--w);height:calc(100%/var(--s));border:0;background:#fff;color-scheme:only light;
transform:scale(var(--s));transform-origin:0 0}
@media (max-width:1339px){.sides{--s:.92}}
@media (max-width:1239px){.sides{--s:.82}}
@media (max-width:1119px){.sides{--s:.65}}
@media (max-width:919px){.sides{--s:.5}.preview>input.w360:checked~.sides{--s:.8}}
@media (max-width:759px){.sides{--s:.92}.preview>input.w360:checked~.sides{--s:1}.screen{height:560px}}
@media (max-width:659px){.sides{--s:.66}}
@media (max-width:499px){.sides{--s:.5}.preview>input.w360:checked~.sides{--s:.83}}
@media (max-width:359px){.sides{--s:.42}.preview>input.w360:checked~.sides{--s:.7}}
details{border-bottom:1px solid var(--line)}
details>summary{padding:10px 0;cursor:pointer}
details[open]>summary{padding-bottom:6px}
.letter details:last-child{border-bottom:0}
.diff{font-size:13px;line-height:1.5;padding:4px 0 14px;overflow-wrap:anywhere}
.diff code,.command code{font-size:13px}
.diff span{display:block;padding:0 8px;min-height:1.5em;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.diff .a{background:var(--addbg)}.diff .t{background:var(--takebg)}.diff .g{background:var(--takebg);font-weight:600}
.diff .k,.diff .o{color:var(--soft)}
.remarks{font-size:15px;padding-bottom:8px}
.remarks>li{padding:6px 0;display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 12px}
.remarks .tag{min-width:3em;text-align:center;align-self:start;margin-top:1px}
.remarks code{color:var(--soft)}
.remarks small{display:block}
.command{padding:12px 16px;background:var(--faint);border-radius:var(--radius);margin-top:8px}
.calls{padding-bottom:12px;font-size:15px}
footer{margin-top:56px;padding-top:20px;border-top:1px solid var(--line);font-size:15px;color:var(--soft)}
footer p{margin-bottom:8px}
footer code{color:var(--ink)}
@media (max-width:759px){
body{padding:0 16px 40px}
header{padding-top:24px}
section{margin-top:44px}
.figures{gap:12px 28px}
.figures dd{font-size:18px}
.data thead,.months,.channels{display:none}
.data,.data tbody,.data tr,.data td{display:block}
.data tr{padding:12px 0;border-bottom:1px solid var(--line)}
.data tr:first-child{border-top:1px solid var(--line)}
.data td{border:0;padding:2px 0;display:grid;grid-template-columns:6.5em minmax(0,1fr);gap:12px}
.data td.none{display:none}
.data td::before{content:attr(data-head);color:var(--soft);font-size:14px}
.data .num{text-align:left}
.agenda>li{display:grid;grid-template-columns:minmax(0,1fr)}
.audience,.letter{padding:16px 14px;margin-inline:-2px}
.items dl>div{grid-template-columns:minmax(0,1fr)}
.items dt:empty{display:none}
}
@media print{
:root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--faint:#eee}
body{max-width:none;padding:0;font-size:10.5pt}
nav,.preview>label,.preview>input{display:none}
section{margin-top:24pt;break-inside:auto}
.audience,.letter,.items>li,.data tr,.month{break-inside:avoid}
.letter{break-inside:auto}
.screen{break-inside:avoid;height:420px}
.sides{--s:.5}
h2,h3{break-after:avoid}
}
"""
