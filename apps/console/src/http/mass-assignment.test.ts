import { expect, test } from 'vitest'
import type { Assembly } from '../assembly.ts'
import { allRoutes } from '../routes.ts'
import { sampleOf } from '../testing/sample-of.ts'

const withBody = allRoutes({} as Assembly).flatMap((route) =>
  route.body === undefined ? [] : [[`${route.method} ${route.path}`, route.body] as const],
)
const planted = { group: '0'.repeat(32), role: 'administrator', grants: ['*'], isAdmin: true, secret: 'x' }

test.each(withBody)('T62: %s takes no member it does not name', (_name, schema) => {
  const sample = sampleOf(schema)
  if (typeof sample !== 'object' || sample === null || Array.isArray(sample)) return
  const before = schema.safeParse(sample)
  const names = Object.keys(before.success ? (before.data as object) : sample)

  for (const [member, value] of Object.entries({ ...planted, plantedMember: 1 })) {
    if (names.includes(member)) continue
    const read = schema.safeParse({ ...sample, [member]: value })
    // A body that names the member itself may take it; nobody may drop or keep it without a word.
    const isNamed =
      read.success && JSON.stringify(read.data).includes(JSON.stringify(value)) && member !== 'plantedMember'
    expect([member, read.success && !isNamed]).toEqual([member, false])
  }
})
