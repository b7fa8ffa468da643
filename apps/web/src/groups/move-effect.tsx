/**
 * What moving a group would change: its settings, and who serves it.
 *
 * @module
 */
import { Stack, Text } from '@mantine/core'
import type { From, Move, PageValue } from '../api/service-shapes.ts'
import type { Group } from '../api/shapes.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Notice } from '../parts/notice.tsx'
import { wordsOf } from '../settings/provenance.tsx'
import { fieldWords, pageWords, valueWords } from '../settings/value-words.ts'
import { visible } from '../text/directory-text.ts'

export function Effect({ effect, group }: { readonly effect: Move; readonly group: Group }) {
  const { settings, servedBy } = effect
  if (settings.length === 0 && servedBy.length === 0)
    return <Notice about="ok" says="No setting changes, and the same connectors serve it." />
  return (
    <Stack gap="md">
      {servedBy.map((one) => (
        <Notice
          key={one.group.id}
          about="warning"
          says={`${visible(one.group.name)} would be served by other connectors.`}
          fix={`Now: ${connectorsOf(one.before, one.group.id)}. Then: ${connectorsOf(one.after, one.group.id)}.`}
        />
      ))}
      {settings.length > 0 && (
        <div>
          <Text size="sm" fw={600} mb={4}>
            Settings that change
          </Text>
          <DataTable
            caption="Settings that change"
            rows={settings}
            keyOf={(one) => `${one.group.id} ${one.page} ${one.field}`}
            whenEmpty=""
            columns={[
              ...(settings.some((one) => one.group.id !== group.id)
                ? [{ title: 'Group', cell: (one: Move['settings'][number]) => visible(one.group.name) }]
                : []),
              { title: 'Setting', cell: ({ page, field }) => `${pageWords(page)}: ${fieldWords(field)}` },
              { title: 'Now', cell: (one) => <Was value={one.before} group={one.group.id} /> },
              { title: 'Then', cell: (one) => <Was value={one.after} group={one.group.id} /> },
            ]}
          />
        </div>
      )}
    </Stack>
  )
}

function Was({ value, group }: { readonly value: PageValue | undefined; readonly group: string }) {
  if (value === undefined) return <>not set</>
  return (
    <>
      {visible(valueWords(value.value))}{' '}
      <Text span size="xs" c="dimmed">
        {wordsOf(value.from, group)}
      </Text>
    </>
  )
}

function connectorsOf(from: From, group: string): string {
  if (typeof from !== 'object') return from === 'above' ? 'those of a group above' : 'none'
  return from.group === group ? 'its own' : `those of ${visible(from.name)}`
}
