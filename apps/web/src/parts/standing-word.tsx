/**
 * How something stands: a sign and a word, never a color alone.
 *
 * @module
 */
import { IconAlertTriangle, IconCheck, IconMinus, IconX } from '@tabler/icons-react'
import type { Standing } from '../gate/gate.ts'

const signs = { ok: IconCheck, warning: IconAlertTriangle, failed: IconX, off: IconMinus } as const

export function StandingWord({ standing, children }: { readonly standing: Standing; readonly children: string }) {
  const Sign = signs[standing]
  return (
    <span className={`standing is-${standing}`}>
      <Sign size={14} stroke={2.6} aria-hidden />
      {children}
    </span>
  )
}
