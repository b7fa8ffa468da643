import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import type { Store } from './store.ts'
import { TestHome } from './testing/test-home.ts'

let home: TestHome
beforeEach(() => {
  home = new TestHome()
})
afterEach(() => home.remove())

const cannotUnseal = { code: 'STORE_CANNOT_UNSEAL' }

async function twoKeys(store: Store) {
  const acme = await store.groups.add({ name: 'Acme' })
  const other = await store.groups.add({ name: 'Other' })
  const add = (group: string | undefined) =>
    store.keys.add({ purpose: 'consoleSigning', group, pkcs8: new Secret(randomBytes(138)) })
  return { acme, other, mine: await add(acme.id), sibling: await add(acme.id), theirs: await add(other.id) }
}

describe('a sealed value', () => {
  test('copied to another row of its group does not open', async () => {
    const store = await home.open()
    const { mine, sibling } = await twoKeys(store)
    await store.close()
    home.edit(`update keys set sealed = (select sealed from keys where id = '${mine.id}') where id = '${sibling.id}'`)

    const again = await home.open()

    await expect(again.keys.open(sibling.id)).rejects.toMatchObject(cannotUnseal)
    expect((await again.keys.open(mine.id)).reveal()).toHaveLength(138)
  })

  test('moved with its whole row to another group does not open', async () => {
    const store = await home.open()
    const { acme, theirs } = await twoKeys(store)
    await store.close()
    home.edit(`update keys set groupId = '${acme.id}' where id = '${theirs.id}'`)

    const again = await home.open()

    await expect(again.keys.open(theirs.id)).rejects.toMatchObject(cannotUnseal)
  })

  test('does not open under the data key of another group, also when that key is copied over its own', async () => {
    const store = await home.open()
    const { acme, other, theirs } = await twoKeys(store)
    await store.close()
    home.edit(
      `update dataKeys set sealed = (select sealed from dataKeys where scope = '${other.id}') where scope = '${acme.id}'`,
      `update keys set groupId = '${acme.id}' where id = '${theirs.id}'`,
    )

    const again = await home.open()

    await expect(again.keys.open(theirs.id)).rejects.toMatchObject(cannotUnseal)
  })

  test('copied into a column of another table does not open', async () => {
    const store = await home.open()
    const { acme, mine } = await twoKeys(store)
    const code = { codeId: mine.id, group: acme.id, name: 'x', expiresAt: new Date(Date.now() + 1000) }
    await store.enrollmentCodes.add({ ...code, secret: new Secret(randomBytes(16)) })
    await store.close()
    home.edit(`update enrollmentCodes set sealedSecret = (select sealed from keys where id = '${mine.id}')`)

    const again = await home.open()

    await expect(again.enrollmentCodes.openSecret(mine.id)).rejects.toMatchObject(cannotUnseal)
  })

  test('claiming another key version, or changed in any one byte, does not open', async () => {
    const store = await home.open()
    const { mine } = await twoKeys(store)
    await store.close()
    home.edit(`insert into dataKeys select scope, 2, sealed, createdAt from dataKeys`)
    const read = await home.open()
    await expect(read.keys.add({ purpose: 'productRoot', pkcs8: new Secret(randomBytes(9)) })).rejects.toMatchObject(
      cannotUnseal,
    )
    await read.close()

    for (const at of [0, 4, 5, 17, 60, 138 + 5 + 12 + 15]) {
      home.edit(
        `create table if not exists kept as select sealed from keys where id = '${mine.id}'`,
        `update keys set sealed = (select cast(substr(sealed, 1, ${at}) || x'7e' || substr(sealed, ${at + 2}) as blob) from kept) where id = '${mine.id}'`,
      )
      const again = await home.open()
      await expect(again.keys.open(mine.id), `byte ${at}`).rejects.toMatchObject(cannotUnseal)
      await again.close()
    }
  })

  test('is another one each time the same secret is sealed', async () => {
    const store = await home.open()
    const secret = new Secret(randomBytes(32))
    await store.keys.add({ purpose: 'productRoot', pkcs8: secret })
    await store.keys.add({ purpose: 'productRoot', pkcs8: secret })
    await store.close()

    const { sealed } = readSealed(home)

    expect(new Set(sealed).size).toBe(2)
  })
})

function readSealed({ path }: TestHome): { sealed: string[] } {
  const database = new DatabaseSync(path)
  const rows = database.prepare('select sealed from keys').all()
  database.close()
  return { sealed: rows.map((row) => toHex(row['sealed'] as Uint8Array)) }
}
