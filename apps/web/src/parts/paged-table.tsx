/**
 * A list the console hands out page by page: the table, and the way through it.
 *
 * @module
 */
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Answer } from './answer.tsx'
import { DataTable, type Column } from './data-table.tsx'
import { Pager } from './pager.tsx'
import type { Trail } from './trail.ts'

export interface RowsPage<Row> {
  readonly rows: readonly Row[]
  readonly nextCursor?: string | undefined
}

export interface PagedTableProps<Row> {
  readonly of: UseQueryResult<RowsPage<Row>>
  readonly trail: Trail
  readonly atOnce: number
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly keyOf: (row: Row) => string
  readonly whenEmpty: ReactNode
}

export function PagedTable<Row>({ of, trail, atOnce, ...table }: PagedTableProps<Row>) {
  return (
    <Answer of={of}>
      {({ rows, nextCursor }) => (
        <div aria-busy={of.isPlaceholderData}>
          <div className="wide-table">
            <DataTable {...table} rows={rows} />
          </div>
          <Pager
            trail={trail}
            nextCursor={nextCursor}
            atOnce={atOnce}
            rows={rows.length}
            isWaiting={of.isPlaceholderData}
          />
        </div>
      )}
    </Answer>
  )
}
