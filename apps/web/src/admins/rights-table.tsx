/**
 * The rights of a role: a row per resource, with what may be seen and what may be changed.
 *
 * @module
 */
import { Checkbox } from '@mantine/core'
import { resourceRows, toggled } from './rights.ts'

export interface RightsTableProps {
  /** Every right there is. */
  readonly all: readonly string[]
  readonly chosen: ReadonlySet<string>
  /** What whoever looks has himself; more he cannot give. */
  readonly own: ReadonlySet<string>
  readonly onChange?: (rights: ReadonlySet<string>) => void
}

export function RightsTable({ all, chosen, own, onChange }: RightsTableProps) {
  return (
    <table className="rights">
      <thead>
        <tr>
          <th scope="col">Resource</th>
          <th scope="col">See</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        {resourceRows(all).map(({ resource, title, says }) => (
          <tr key={resource}>
            <th scope="row">
              {title}
              {says !== '' && <span className="rights-says">{says}</span>}
            </th>
            {(['read', 'edit'] as const).map((kind) => {
              const right = `${resource}:${kind}`
              const isOn = chosen.has(right)
              return (
                <td key={kind}>
                  <Checkbox
                    aria-label={`${title}: ${kind === 'read' ? 'see' : 'change'}`}
                    checked={isOn}
                    disabled={onChange === undefined || (!own.has(right) && !isOn)}
                    onChange={(event) => onChange?.(toggled(chosen, resource, kind, event.currentTarget.checked))}
                  />
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
