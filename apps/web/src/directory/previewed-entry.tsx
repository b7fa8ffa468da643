/**
 * An entry and what becomes of it: fields, whether it counts, its groups, and what the server has.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { DirectoryPreview } from '../api/directory-shapes.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Fact, Facts } from '../parts/facts.tsx'
import { Notice } from '../parts/notice.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { visible } from '../text/directory-text.ts'
import { took } from '../text/time.ts'
import { groupFieldNames, userFieldNames } from './field-names.ts'
import { transitiveWords } from './words.ts'

const titles = new Map([...groupFieldNames, ...userFieldNames])

const fields: readonly Column<DirectoryPreview['fields'][number]>[] = [
  {
    title: 'Field',
    cell: ({ field, isCustom }) => <strong>{isCustom ? visible(field) : (titles.get(field) ?? field)}</strong>,
  },
  { title: 'Attribute', cell: ({ attribute }) => <span className="mono">{visible(attribute)}</span> },
  { title: 'Value', cell: ({ values, more }) => <Values values={values} more={more} /> },
]

const groups: readonly Column<DirectoryPreview['groups'][number]>[] = [
  { title: 'Group', cell: ({ name, dn }) => <strong>{visible(name ?? dn)}</strong> },
  {
    title: 'How',
    cell: ({ isDirect, isPrimary }) => (isPrimary ? 'primary group' : isDirect ? 'direct' : 'through another group'),
  },
  { title: 'DN', cell: ({ dn }) => <span className="mono">{visible(dn)}</span> },
]

const attributes: readonly Column<DirectoryPreview['attributes'][number]>[] = [
  { title: 'Attribute', cell: ({ attribute }) => <span className="mono">{visible(attribute)}</span> },
  { title: 'Values', isNumber: true, cell: ({ count }) => count.toLocaleString('en') },
  {
    title: 'As the server has them',
    cell: ({ values, isBinary, isCut }) => (
      <>
        <Values values={values} more={isCut} />
        {isBinary && (
          <Text size="xs" c="dimmed">
            bytes
          </Text>
        )}
      </>
    ),
  },
]

function Values({ values, more }: { readonly values: readonly string[]; readonly more: boolean }) {
  if (values.length === 0)
    return (
      <Text span size="sm" c="dimmed">
        not in the directory
      </Text>
    )
  return (
    <>
      {values.map((value, index) => (
        <div key={index}>{visible(value)}</div>
      ))}
      {more && (
        <Text span size="xs" c="dimmed">
          and more
        </Text>
      )}
    </>
  )
}

export function PreviewedEntry({ preview }: { readonly preview: DirectoryPreview }) {
  const { dn, identifier, isCounted, disabled, server, connector, durationMs } = preview
  return (
    <>
      {!isCounted && (
        <Notice
          about="warning"
          says="It would not count: neither a sync nor a sign-in takes it."
          fix="Check object class, filter and base DN against the entry."
        />
      )}
      <Facts>
        <Fact name="DN">
          <span className="mono">{visible(dn)}</span>
        </Fact>
        <Fact name="Identifier">
          {identifier.value === undefined ? (
            `${identifier.attribute} is not there, or the bind account may not read it`
          ) : (
            <span className="mono">{visible(identifier.value)}</span>
          )}
        </Fact>
        {disabled !== undefined && (
          <Fact name="Account">
            <StandingWord standing={disabled.isDisabled === undefined ? 'warning' : disabled.isDisabled ? 'off' : 'ok'}>
              {disabled.isDisabled === undefined ? 'not told' : disabled.isDisabled ? 'disabled' : 'enabled'}
            </StandingWord>{' '}
            <Text span size="sm" c="dimmed">
              {visible(disabled.because)}
            </Text>
          </Fact>
        )}
        <Fact name="Answered by">
          {visible(server)} through {visible(connector.name)} in {took(durationMs)}
        </Fact>
      </Facts>
      <DataTable
        caption="Fields of the entry"
        columns={fields}
        rows={preview.fields}
        keyOf={({ field }) => field}
        whenEmpty="No field is mapped."
      />
      <details className="unfold">
        <summary>
          Groups: {preview.groups.length}
          {preview.moreGroups && ' and more'}, {transitiveWords[preview.groupsBy]}
        </summary>
        <DataTable
          caption="Groups of the entry"
          columns={groups}
          rows={preview.groups}
          keyOf={(one) => one.dn}
          whenEmpty="It is in no group."
        />
      </details>
      <details className="unfold">
        <summary>
          What the server has: {preview.attributes.length} attributes{preview.moreAttributes && ' and more'}
        </summary>
        <DataTable
          caption="Attributes of the entry"
          columns={attributes}
          rows={preview.attributes}
          keyOf={({ attribute }) => attribute}
          whenEmpty="The bind account may read nothing of it."
        />
      </details>
    </>
  )
}
