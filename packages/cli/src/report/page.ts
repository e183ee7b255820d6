import { blue } from './theme.js'

/**
 * A report: one HTML file that needs nothing beside it, for light and dark, wide and narrow.
 * @param body HTML
 */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${text(title)}</h1>
${body}
</main>
</body>
</html>
`
}

/** A text as HTML. */
export function text(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const style = `
:root{color-scheme:light dark;--text:#1f2328;--soft:#59636e;--paper:#fff;--panel:#f4f6f8;--line:#d5dae0}
@media(prefers-color-scheme:dark){:root{--text:#e4e6e8;--soft:#9aa4ae;--paper:#15181b;--panel:#1f2428;--line:#343b42}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--text);font:17px/1.6 system-ui,sans-serif}
main{max-width:820px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:30px;line-height:1.2;margin:0 0 12px}
h2{font-size:21px;line-height:1.3;margin:44px 0 8px;padding-top:14px;border-top:1px solid var(--line)}
p{margin:10px 0}
.lead{color:var(--soft)}
figure{margin:18px 0}
figure img{display:block;width:100%;height:auto;image-rendering:pixelated;border-radius:4px}
figcaption{color:var(--soft);font-size:15px;margin-top:4px}
.wide{overflow-x:auto;margin:16px 0}
.wide svg{display:block;width:100%;min-width:640px;height:auto}
.wide .sample{display:inline-block;width:28px;min-width:0;margin-right:4px;vertical-align:middle}
.curve svg{display:block;width:100%;max-width:720px;height:auto}
.equation{background:var(--panel);border-left:3px solid ${blue};padding:12px 16px;border-radius:4px}
sup,sub{line-height:0;font-size:.75em}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;white-space:nowrap;font-size:15px}
th,td{padding:6px 14px 6px 0;text-align:right;border-bottom:1px solid var(--line)}
th{font-weight:600}
tbody th,tr>th:first-child{text-align:left}
.metrics{width:100%}
.metrics tbody th{white-space:normal}
.metrics th p{margin:0;color:var(--soft);font-weight:400;line-height:1.4}
.metrics td{vertical-align:top}
figure.ladder img{width:auto;max-width:100%;image-rendering:auto}
dt{font-weight:600;margin-top:10px}
dd{margin:0}
pre{background:var(--panel);padding:12px 16px;border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere}
code{overflow-wrap:anywhere;font-size:.88em}
`
