// The monitor's looks. Its own names (`og-`), so that it changes nothing around it, and no file to import.

const COLOURS_LIGHT = `
  --og-text: #1a1f26; --og-quiet: #55606e; --og-back: #f6f7f9; --og-panel: #ffffff; --og-line: #d5dae1;
  --og-ok: #17663a; --og-warning: #8a5200; --og-error: #b3261e; --og-idle: #55606e;
  --og-accent: #1f5fbf; --og-on-accent: #ffffff; --og-code: #eef1f5;`

const COLOURS_DARK = `
  --og-text: #e8ebf0; --og-quiet: #a4afbd; --og-back: #12161c; --og-panel: #1a2028; --og-line: #333d4a;
  --og-ok: #6fd29a; --og-warning: #f0b45a; --og-error: #ff8a80; --og-idle: #a4afbd;
  --og-accent: #8ab8ff; --og-on-accent: #0d1117; --og-code: #252d38;`

export const monitorStyles = `
.og-monitor { ${COLOURS_LIGHT}
  color-scheme: light; color: var(--og-text); background: var(--og-back); padding: 1rem; border-radius: 12px;
  font: 15px/1.5 system-ui, sans-serif; container-type: inline-size; text-align: start; }
@media (prefers-color-scheme: dark) { .og-monitor[data-theme="auto"] { ${COLOURS_DARK} color-scheme: dark; } }
.og-monitor[data-theme="dark"] { ${COLOURS_DARK} color-scheme: dark; }
.og-monitor *, .og-monitor *::before { box-sizing: border-box; }
.og-monitor p { margin: 0 0 .4rem; overflow-wrap: anywhere; }
.og-title { margin: 0 0 .75rem; font-size: 1.25rem; line-height: 1.2; }
.og-grid { display: grid; gap: .75rem; grid-template-columns: minmax(0, 1fr); }
.og-section { background: var(--og-panel); border: 1px solid var(--og-line); border-radius: 10px; padding: .85rem 1rem;
  min-width: 0; }
.og-heading { margin: 0 0 .6rem; font-size: 1rem; line-height: 1.3; }
.og-note { font-weight: 400; color: var(--og-quiet); }
.og-badge { font-weight: 600; }
.og-ok { color: var(--og-ok); } .og-warning { color: var(--og-warning); }
.og-error { color: var(--og-error); } .og-idle { color: var(--og-idle); }
.og-quiet, .og-fault { color: var(--og-quiet); font-size: .9rem; }
.og-block { display: block; }
.og-figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .5rem .75rem; margin: 0 0 .6rem; }
.og-figure { min-width: 0; } .og-long { grid-column: 1 / -1; }
.og-figure dt { color: var(--og-quiet); font-size: .8rem; }
.og-figure dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.og-actions { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .4rem 0; }
.og-button { font: inherit; font-size: .9rem; color: var(--og-text); background: var(--og-panel); cursor: pointer;
  border: 1px solid var(--og-quiet); border-radius: 7px; padding: .3rem .8rem; min-height: 2.1rem; }
.og-button:hover:not(:disabled) { border-color: var(--og-accent); color: var(--og-accent); }
.og-button:disabled { opacity: .55; cursor: default; }
.og-button[aria-pressed="true"], .og-primary { background: var(--og-accent); color: var(--og-on-accent);
  border-color: var(--og-accent); }
.og-primary:hover:not(:disabled), .og-button[aria-pressed="true"]:hover { color: var(--og-on-accent); filter: brightness(1.1); }
.og-danger { border-color: var(--og-error); color: var(--og-error); }
.og-small { padding: .1rem .6rem; min-height: 1.75rem; font-size: .85rem; flex: none; }
.og-monitor :focus-visible { outline: 3px solid var(--og-accent); outline-offset: 2px; }
.og-input { font: inherit; color: var(--og-text); background: var(--og-panel); border: 1px solid var(--og-quiet);
  border-radius: 7px; padding: .3rem .6rem; min-height: 2.1rem; width: 100%; min-width: 0; }
.og-actions .og-input { width: auto; flex: 1 1 12rem; }
.og-form { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .6rem; }
.og-field label { display: block; font-size: .85rem; color: var(--og-quiet); }
.og-list { list-style: none; margin: 0; padding: 0; }
.og-finding, .og-user { border-top: 1px solid var(--og-line); padding: .55rem 0 .15rem; }
.og-list > li:first-child.og-finding, .og-list > li:first-child.og-user { border-top: 0; padding-top: 0; }
.og-row { display: flex; gap: .75rem; justify-content: space-between; align-items: flex-start; }
.og-row > span:first-child { min-width: 0; overflow-wrap: anywhere; }
.og-devices { margin-inline-start: 1rem; } .og-devices > li { padding: .25rem 0; }
.og-ids { display: flex; flex-wrap: wrap; gap: .4rem; }
.og-tag { font-size: .75rem; border: 1px solid var(--og-quiet); border-radius: 5px; padding: 0 .35rem; margin: 0 .4rem;
  white-space: nowrap; }
.og-monitor code, .og-pre { font: .85em/1.45 ui-monospace, monospace; background: var(--og-code); border-radius: 4px;
  padding: .1em .3em; }
.og-pre { padding: .6rem; overflow: auto; max-height: 16rem; margin: .3rem 0; }
.og-scroll { overflow: auto; max-height: 22rem; }
.og-table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
.og-table th, .og-table td { text-align: start; padding: .25rem .5rem; border-bottom: 1px solid var(--og-line);
  font-weight: 400; white-space: nowrap; }
.og-table thead th { font-weight: 600; color: var(--og-quiet); position: sticky; top: 0; background: var(--og-panel); }
.og-table .og-number { text-align: end; }
@container (min-width: 46rem) {
  .og-grid { grid-template-columns: repeat(2, minmax(0, 1fr)); } .og-wide { grid-column: 1 / -1; }
}
`
