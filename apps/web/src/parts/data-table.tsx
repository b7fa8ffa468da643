/**
 * A table on a desk, a list of cards on a phone; the same markup, and a table to a screen reader in both.
 *
 * @module
 */
import type { ReactNode } from 'react'

export interface Column<Row> {
  readonly title: string
  readonly isNumber?: boolean
  readonly cell: (row: Row) => ReactNode
  /** Its title is a button that sorts by it. */
  readonly sort?:
    | { readonly direction?: 'ascending' | 'descending' | undefined; readonly onSort: () => void }
    | undefined
}

export interface DataTableProps<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly whenEmpty: ReactNode
}

export function DataTable<Row>({ caption, columns, rows, keyOf, whenEmpty }: DataTableProps<Row>) {
  if (rows.length === 0) return <div className="table-empty">{whenEmpty}</div>
  // The roles are said because a table whose display is not `table` loses them.
  return (
    <table className="table" role="table" aria-label={caption}>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, isNumber, sort }) => (
            <th
              key={title}
              role="columnheader"
              scope="col"
              aria-sort={sort?.direction}
              className={isNumber === true ? 'is-number' : undefined}
            >
              {sort === undefined ? title : <SortButton title={title} {...sort} />}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map(({ title, isNumber, cell }) => (
              <td key={title} role="cell" data-title={title} className={isNumber === true ? 'is-number' : undefined}>
                <div className="outside">{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function SortButton({ title, direction, onSort }: { readonly title: string } & NonNullable<Column<unknown>['sort']>) {
  return (
    <button type="button" className="sort" onClick={onSort}>
      {title}
      <span aria-hidden className={direction === undefined ? 'sort-mark is-other' : 'sort-mark'}>
        {direction === 'descending' ? '▾' : '▴'}
      </span>
    </button>
  )
}
