import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startWarmUp } from './warm-up.ts'

const names = ['relay', 'nac', 'sample-office', 'cli', 'connector']

/** Sources whose programs say that they ran. */
function sources(): string {
  const root = mkdtempSync(join(tmpdir(), 'sallygate-warm-up-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  for (const name of names) {
    mkdirSync(join(root, 'apps', name, 'src'), { recursive: true })
    const ran = JSON.stringify(join(root, `ran-${name}`))
    const program = `import { writeFileSync } from 'node:fs'\nconst path: string = ${ran}\nwriteFileSync(path, '')\n`
    writeFileSync(join(root, 'apps', name, 'src/main.ts'), program)
  }
  mkdirSync(join(root, 'cache'))
  return root
}

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())

test('what is started later is compiled, and nothing of it runs', async () => {
  const root = sources()

  const warmUp = startWarmUp({ programs: root, cacheDirectory: join(root, 'cache') })
  onTestFinished(() => warmUp?.stop())
  await vi.waitFor(() => expect(filesBelow(join(root, 'cache')).length).toBeGreaterThanOrEqual(names.length), 20_000)

  expect(readdirSync(root).filter((name) => name.startsWith('ran-'))).toEqual([])
}, 30_000)

test('a home with compiled code in it is left alone', () => {
  const root = sources()
  writeFileSync(join(root, 'cache/kept'), '')

  expect(startWarmUp({ programs: root, cacheDirectory: join(root, 'cache') })).toBeUndefined()
})
