/**
 * Test connection: from this console through the gate to an answer of the directory, shown hop by hop.
 *
 * @module
 */
import { path } from '../api/client.ts'
import { Notice } from '../parts/notice.tsx'
import { ConnectionTest } from '../trace/connection-test.tsx'

export function ServiceTest({ group, isFirst = false }: { readonly group: string; readonly isFirst?: boolean }) {
  return (
    <ConnectionTest
      title="Test of the directory"
      address={path`/api/groups/${group}/services/directory/test`}
      {...(isFirst
        ? {}
        : {
            says: 'A connector that takes work tries every step with the settings it runs on. The page of a connector tests that one.',
            history: { group, target: 'service/directory' },
          })}
      whenWell={
        <Notice
          about="ok"
          says={isFirst ? 'The gate is open: the console reaches your directory.' : 'The directory answers.'}
          fix="Every step passed."
        />
      }
    />
  )
}
