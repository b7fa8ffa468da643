/**
 * Test connection: from this console through the gate to an answer of what stands behind it, shown hop by hop.
 *
 * @module
 */
import { path } from '../api/client.ts'
import { Notice } from '../parts/notice.tsx'
import { ConnectionTest } from '../trace/connection-test.tsx'

export interface ServiceTestProps {
  readonly group: string
  readonly service?: string
  /** `The directory`: what answers when all is well. */
  readonly title?: string
  readonly isFirst?: boolean
}

export function ServiceTest({
  group,
  service = 'directory',
  title = 'The directory',
  isFirst = false,
}: ServiceTestProps) {
  return (
    <ConnectionTest
      title={`Test: ${title.toLowerCase()}`}
      address={path`/api/groups/${group}/services/${service}/test`}
      {...(isFirst
        ? {}
        : {
            says: 'A connector that takes work tries every step with the settings it runs on. The page of a connector tests that one.',
            history: { group, target: `service/${service}` },
          })}
      whenWell={
        <Notice
          about="ok"
          says={isFirst ? 'The gate is open: the console reaches your directory.' : `${title} answers.`}
          fix="Every step passed."
        />
      }
    />
  )
}
