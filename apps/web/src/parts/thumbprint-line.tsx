/**
 * A thumbprint: in groups to read aloud, bare to copy.
 *
 * @module
 */
import { bare, grouped } from '../text/thumbprint.ts'
import { CopyLine } from './copy-line.tsx'

export function ThumbprintLine({ title, thumbprint }: { readonly title: string; readonly thumbprint: string }) {
  return (
    <CopyLine title={title} value={bare(thumbprint)}>
      <span className="thumbprint">
        {grouped(thumbprint).map((part, index) => (
          <span key={index}>{part}</span>
        ))}
      </span>
    </CopyLine>
  )
}
