/**
 * A QR code, drawn: dark on white in either color scheme, because cameras expect that.
 *
 * @module
 */
import { qrCode } from './qr.ts'

const quiet = 4

export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const modules = qrCode(text)
  if (modules === undefined) return null
  const size = modules.length + 2 * quiet
  const path = modules
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + quiet} ${y + quiet}h1v1h-1z` : '')))
    .join('')
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}
