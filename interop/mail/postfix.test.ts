/** The mail service against Postfix. */
import { missingProgram } from '@sallygate/testkit/peers'
import { startPostfix } from './postfix.ts'
import { mailServerSuite } from './suite.ts'

const missing =
  missingProgram('postfix', 'Debian package postfix') ??
  missingProgram('dovecot', 'Debian package dovecot-core') ??
  (process.getuid?.() === 0 ? undefined : 'Postfix is started by root')
if (missing !== undefined) console.log(`skipped: interop with Postfix, ${missing}`)

mailServerSuite('Postfix', missing, startPostfix)
