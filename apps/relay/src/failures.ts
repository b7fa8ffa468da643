/**
 * What can keep a relay from starting or from doing as it was told.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const relayFailure = defineFailures('RELAY', {
  BAD_CERTIFICATE: {
    says: 'The TLS certificate and its key cannot be used.',
    fix: 'Give PEM files that belong together: leaf first, then intermediates, and the unencrypted key of the leaf.',
    retry: 'never',
  },
  BAD_BUS: {
    says: 'The bus to the other nodes of this relay cannot be used as it is set.',
    fix: 'Give busKeyFile, the same 32 bytes or more on every node (openssl rand -out bus.key 32), busPort, and busPeers as host:port, host:port.',
    retry: 'never',
  },
  BAD_TOKEN: {
    says: 'The token for statistics and metrics is too short.',
    fix: 'Put at least 16 characters into the token file, for example from: openssl rand -hex 32',
    retry: 'never',
  },
})
