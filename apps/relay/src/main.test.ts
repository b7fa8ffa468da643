import { readFileSync } from 'node:fs'
import type { ChildProcess } from 'node:child_process'
import { expect, test } from 'vitest'
import { get } from './testing/pages-client.ts'
import { person } from './testing/trial-peer.ts'
import { Trial } from './testing/trial.ts'

const exitOf = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve))

test('the process serves, says how it is in its status file, and leaves on SIGTERM', async () => {
  await using trial = Trial.prepare()
  const child = await trial.startProcess()
  const status = JSON.parse(readFileSync(trial.file('status.json'), 'utf8')) as Readonly<Record<string, unknown>>
  const console = await trial.attachConsole()
  await trial.admit(console, person('connector'))
  const exited = exitOf(child)
  const startedMs = performance.now()

  child.kill('SIGTERM')

  expect((await console.next('goAway')).reason).toBe('stopping')
  expect(await exited).toBe(0)
  expect(performance.now() - startedMs).toBeLessThan(4000)
  expect(status).toMatchObject({
    part: 'relay',
    pid: child.pid,
    state: 'up',
    facts: { status: 'ok', port: trial.port },
  })
})

test('the process leaves when its supervisor does', async () => {
  await using trial = Trial.prepare()
  const child = await trial.startProcess()
  const exited = exitOf(child)

  child.stdin?.end()

  expect(await exited).toBe(0)
})

test('a plain listener is said in red at the start', async () => {
  await using trial = Trial.prepare()
  const starting = trial.startProcess({ internalPort: 0 })
  const child = await starting
  const said = new Promise<string>((resolve) => child.stderr?.once('data', (part: Buffer) => resolve(part.toString())))

  expect(await said).toContain('\u001b[31mThe plain HTTP listener is on')
  expect((await get(trial, '/status')).body).toContain('warning: ')
})

test('settings that do not exist end the start with the code for bad configuration', async () => {
  await using trial = Trial.prepare()

  await expect(trial.startProcess({ keyOfEverything: 'x' })).rejects.toThrow('exit 78')
})
