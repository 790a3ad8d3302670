// Figures as people read them.

const GROUPS = new Intl.NumberFormat('en-US')

/** Three digits that count, with commas. */
export function figure(value, unit = '') {
  if (value === undefined) return '–'
  if (unit === 'B' && Math.abs(value) >= 1e6) return figure(value / 1e6, 'MB')
  const rounded = Math.abs(value) >= 1000 ? Number(value.toPrecision(3)) : Number(value.toPrecision(value >= 100 ? 3 : 2))
  const text = GROUPS.format(rounded)
  return unit === '' ? text : `${text} ${unit}`
}

export function times(ratio) {
  if (ratio === undefined) return '–'
  return `${short(ratio.median)}×`
}

/** With how far the turns lay apart. */
export function timesWithRange(ratio) {
  if (ratio === undefined) return '–'
  const spread = ratio.most / ratio.least > 1.05 ? ` (${short(ratio.least)}–${short(ratio.most)})` : ''
  return `${times(ratio)}${spread}`
}

function short(value) {
  return value >= 10 ? GROUPS.format(Math.round(value)) : value.toFixed(value >= 3 ? 1 : 2)
}

/** Columns of text, for a terminal. */
export function columns(rows) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)))
  return rows
    .map((row) => row.map((cell, at) => (at === 0 || rows[0][at] === 'notes' ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  ').trimEnd())
    .join('\n')
}

/** The same in Markdown. */
export function markdown(rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(rows[0]), line(rows[0].map((name, at) => (at === 0 || name === 'notes' ? '---' : '---:'))), ...rows.slice(1).map(line)].join('\n')
}
