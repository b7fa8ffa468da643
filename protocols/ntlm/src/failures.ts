/**
 * What can be wrong with a server's half of NTLM.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const ntlmFailure = defineFailures('NTLM', {
  BAD_CHALLENGE: {
    says: 'The server’s NTLM challenge cannot be read.',
    fix: 'The details say what is wrong with it. Something between here and the server may have changed it.',
    retry: 'later',
    status: 502,
  },
  ONLY_OLD_VERSIONS: {
    says: 'The server speaks only NTLM version 1, which gives the password away to whoever listens.',
    fix: 'Turn on NTLMv2 on that server, or choose another authentication.',
    retry: 'never',
    status: 502,
  },
})
