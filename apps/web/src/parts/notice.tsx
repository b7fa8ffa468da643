/**
 * Notices: what is true, and what to do next.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { problemOf } from '../api/problem.ts'

const signs = { ok: IconCircleCheck, warning: IconInfoCircle, failed: IconAlertTriangle } as const

export interface NoticeProps {
  readonly about: 'ok' | 'warning' | 'failed'
  readonly says: string
  readonly fix?: string
  readonly children?: ReactNode
}

export function Notice({ about, says, fix, children }: NoticeProps) {
  const Sign = signs[about]
  return (
    <div className={`notice about-${about}`} role={about === 'failed' ? 'alert' : 'status'}>
      <Sign size={20} aria-hidden />
      <div>
        <Text fw={600} size="sm" className="outside">
          {says}
        </Text>
        {fix !== undefined && fix !== '' && (
          <Text size="sm" className="outside">
            {fix}
          </Text>
        )}
        {children}
      </div>
    </div>
  )
}

/** Where the console's words are for who calls it, those for who looks at a page. */
const fixOnPage: Readonly<Record<string, string>> = {
  CONSOLE_FORBIDDEN:
    'None of your roles allows it here: an administrator can give you one that does. Or this page was not opened by the console’s own address.',
  CONSOLE_NOT_FOUND: 'It may have been removed meanwhile, or you may not see it. Look for it in its list.',
}

/** A failure of the API, in the console's words. */
export function FailureNotice({ error }: { readonly error: unknown }) {
  const { says, fix, details, code, traceId } = problemOf(error)
  const facts = Object.entries(details).map(([name, value]) => `${name}: ${value}`)
  const trace = traceId === undefined ? [] : [`trace ${traceId}`]
  return (
    <Notice about="failed" says={says} fix={fixOnPage[code] ?? fix}>
      <Text size="xs" c="dimmed" mt={4} className="outside">
        {[code, ...facts, ...trace].join(' · ')}
      </Text>
    </Notice>
  )
}
