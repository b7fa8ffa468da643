/** The mail service against Exim. */
import { eximProgram, startExim } from './exim.ts'
import { mailServerSuite } from './suite.ts'

const isRoot = process.getuid?.() === 0
const program = isRoot ? eximProgram() : undefined
const missing =
  program === undefined ? (isRoot ? 'Debian package exim4-daemon-light' : 'Exim is started by root') : undefined
if (missing !== undefined) console.log(`skipped: interop with Exim, ${missing}`)

mailServerSuite('Exim', missing, () => startExim(program ?? ''))
