/**
 * What is known of a user or a group of the directory, and since when.
 *
 * @module
 */
import type { ReactNode } from 'react'
import type { ObjectKind } from '../api/sync-shapes.ts'
import { Fact, Facts } from '../parts/facts.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'
import { ago, moment } from '../text/time.ts'
import { FieldList } from './field-list.tsx'

export interface KnownObjectProps {
  readonly kind: ObjectKind
  readonly object: {
    readonly fields: Readonly<Record<string, readonly string[]>>
    readonly dn: string
    readonly id: string
    readonly syncedAt: string
  }
  /** Facts that come before the fields, and after them. */
  readonly first?: ReactNode
  readonly then?: ReactNode
}

export function KnownObject({ kind, object, first, then }: KnownObjectProps) {
  const now = useNow()
  const { fields, dn, id, syncedAt } = object
  return (
    <Section title="What is known">
      <Facts>
        {first}
        <FieldList of={kind} fields={fields} />
        {then}
        <Fact name="DN">
          <span className="mono">{visible(dn)}</span>
        </Fact>
        <Fact name="Identifier">
          <span className="mono">{visible(id)}</span>
        </Fact>
        <Fact name="As of">
          <time dateTime={syncedAt} title={moment(syncedAt)}>
            {ago(syncedAt, now)}
          </time>
        </Fact>
      </Facts>
    </Section>
  )
}
