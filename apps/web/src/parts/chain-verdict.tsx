/**
 * Whether a log whose rows hold each other's digests is whole, and its head to keep elsewhere.
 *
 * @module
 */
import type { ChainVerdict } from '../api/shapes.ts'
import { CopyLine } from './copy-line.tsx'
import { Notice } from './notice.tsx'

/** @param of Whose rows were counted, where that is more than the page shows. */
export function ChainNotice({ verdict, of }: { readonly verdict: ChainVerdict; readonly of?: string }) {
  if (!verdict.ok) {
    return (
      <Notice
        about="failed"
        says={`The log was changed. ${verdict.says ?? ''}`}
        fix="Keep a copy of the store as it is, and find out who can write to it."
      />
    )
  }
  return (
    <Notice about="ok" says={`The chain is whole: ${verdict.rows} rows${of === undefined ? '' : `, ${of}`}.`}>
      {verdict.head !== undefined && (
        <CopyLine title="Its head: keep it elsewhere, and rows that are cut off later will show" value={verdict.head} />
      )}
    </Notice>
  )
}
