import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { createMasterKey } from './master-key.ts'
import { openStore } from './store.ts'
import { storeSuite } from './testing/suite.ts'

storeSuite('on node:sqlite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'store-'))
  const clock = new FakeClock()
  const masterKey = createMasterKey(join(directory, 'master.key'))
  const store = await openStore({ path: join(directory, 'console.db'), masterKey, clock, log: silentLog })
  return {
    store,
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    async end() {
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
})
