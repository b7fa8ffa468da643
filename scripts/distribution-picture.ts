/**
 * A picture of latencies: each line is one way of doing it, the share of answers that were
 * there by then. Time is logarithmic, since what is compared differs by orders.
 *
 * @module
 */

const [width, height, left, bottom, top, right] = [760, 400, 56, 44, 16, 220]
/** Told apart by people who do not see red and green, too (Okabe and Ito). */
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#7f7f7f', '#000000']

/** With more lines than colors: the same colors again, drawn otherwise. */
const dashes = ['', ' stroke-dasharray="6 3"', ' stroke-dasharray="1 3"']
const dash = (at: number) => dashes[Math.floor(at / colors.length) % dashes.length]

export function distributionPicture(title: string, lines: Readonly<Record<string, readonly number[]>>): string {
  const named = Object.entries(lines).filter(([, samples]) => samples.length > 1)
  const all = named.flatMap(([, samples]) => samples).filter((ms) => ms > 0)
  const [from, to] = [Math.floor(Math.log10(Math.min(...all))), Math.ceil(Math.log10(Math.max(...all)))]
  const x = (ms: number) =>
    left + ((Math.log10(Math.max(ms, 10 ** from)) - from) / Math.max(1, to - from)) * (width - left - right)
  const y = (share: number) => height - bottom - share * (height - bottom - top)
  const decades = Array.from({ length: to - from + 1 }, (_, at) => 10 ** (from + at))
  const shares = [0, 0.25, 0.5, 0.75, 0.99]
  const path = (samples: readonly number[]) =>
    samples
      .map((ms, at) => `${at === 0 ? 'M' : 'L'}${x(ms).toFixed(1)} ${y((at + 1) / samples.length).toFixed(1)}`)
      .join('')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escape(title)}: share of answers that were there after so many milliseconds</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...decades.map(
      (ms) =>
        `<path d="M${x(ms)} ${top}V${height - bottom}" stroke="#dddddd"/><text x="${x(ms)}" y="${height - bottom + 18}" text-anchor="middle">${ms} ms</text>`,
    ),
    ...shares.map(
      (share) =>
        `<path d="M${left} ${y(share)}H${width - right}" stroke="#eeeeee"/><text x="${left - 8}" y="${y(share) + 4}" text-anchor="end">${share * 100} %</text>`,
    ),
    ...named.map(
      ([, samples], at) =>
        `<path d="${path(samples)}" fill="none" stroke="${colors[at % colors.length]}" stroke-width="2"${dash(at)}/>`,
    ),
    ...named.map(([name], at) => {
      const line = top + 12 + at * 17
      return `<path d="M${width - right + 12} ${line - 4}h18" stroke="${colors[at % colors.length]}" stroke-width="3"${dash(at)}/><text x="${width - right + 36}" y="${line}">${escape(name)}</text>`
    }),
    '</svg>',
    '',
  ].join('\n')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
