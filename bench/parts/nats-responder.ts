/**
 * A process that answers NATS requests with what they carried.
 *
 * @module
 */
import { connect } from '@nats-io/transport-node'

const connection = await connect({ servers: process.argv[2] ?? '' })
connection.subscribe('bench', {
  callback: (_error, message) => {
    message.respond(message.data)
  },
})
await connection.flush()
console.log('ready')
process.stdin.resume()
process.stdin.once('end', () => process.exit(0))
