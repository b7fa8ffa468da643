/**
 * What is known of an object of the directory, field by field.
 *
 * @module
 */
import { groupFieldNames, userFieldNames } from '../directory/field-names.ts'
import { Fact } from '../parts/facts.tsx'
import { visible } from '../text/directory-text.ts'

const titles = { user: new Map(userFieldNames), group: new Map(groupFieldNames) }

export interface FieldListProps {
  readonly of: 'user' | 'group'
  readonly fields: Readonly<Record<string, readonly string[]>>
}

/** Memberships have tables of their own. */
export function FieldList({ of, fields }: FieldListProps) {
  const order = [...titles[of].keys()]
  // Attributes of one's own come last.
  const place = (field: string) => (order.includes(field) ? order.indexOf(field) : order.length)
  return Object.entries(fields)
    .toSorted(([a], [b]) => place(a) - place(b))
    .filter(([field]) => field !== 'memberOf' && field !== 'member')
    .map(([field, values]) => (
      <Fact key={field} name={titles[of].get(field) ?? visible(field)}>
        {values.map((value, index) => (
          <div key={index}>{visible(value)}</div>
        ))}
      </Fact>
    ))
}
