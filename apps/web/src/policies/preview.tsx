/**
 * What a policy would change, before it does.
 *
 * @module
 */
import { Stack, Text } from '@mantine/core'
import type { PolicyPreview, PreviewedDevice } from '../api/policy-shapes.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { Notice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'

export function Preview({ group, preview }: { readonly group: string; readonly preview: PolicyPreview }) {
  const { looked, of, compliantNow, compliantThen, losingCount, gainingCount, losing, gaining } = preview
  return (
    <Stack gap="md" role="status">
      <Notice
        about={losingCount > 0 ? 'warning' : 'ok'}
        says={
          losingCount === 0 && gainingCount === 0
            ? 'No verdict would change.'
            : `${devices(losingCount)} would lose compliance, ${gainingCount.toLocaleString('en')} would gain it.`
        }
        fix={`${compliantNow.toLocaleString('en')} of ${devices(looked)} are compliant now, ${compliantThen.toLocaleString('en')} would be then.`}
      >
        {looked < of && (
          <Text size="sm">
            Only {looked.toLocaleString('en')} of the {devices(of)} that it concerns were looked at.
          </Text>
        )}
      </Notice>
      {losing.length > 0 && <List title="Would lose compliance" group={group} rows={losing} count={losingCount} />}
      {gaining.length > 0 && <List title="Would gain compliance" group={group} rows={gaining} count={gainingCount} />}
    </Stack>
  )
}

interface ListProps {
  readonly title: string
  readonly group: string
  readonly rows: readonly PreviewedDevice[]
  readonly count: number
}

function List({ title, group, rows, count }: ListProps) {
  const columns: readonly Column<PreviewedDevice>[] = [
    {
      title,
      cell: ({ id, name }) => (
        <TextLink to="/groups/$group/devices/$device" params={{ group, device: id }}>
          {visible(name)}
        </TextLink>
      ),
    },
    {
      title: 'Policies that it would fail',
      cell: ({ failing }) => (failing.length === 0 ? 'none' : failing.map(visible).join(', ')),
    },
  ]
  return (
    <div>
      <DataTable caption={title} columns={columns} rows={rows} keyOf={({ id }) => id} whenEmpty="" />
      {count > rows.length && (
        <Text size="sm" c="dimmed">
          and {(count - rows.length).toLocaleString('en')} more
        </Text>
      )}
    </div>
  )
}

const devices = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'device' : 'devices'}`
