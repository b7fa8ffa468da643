/**
 * The way file: how the relay was reached last, so that a restart begins with what works.
 *
 * It is no more than a hint. A file that cannot be read or written costs one attempt.
 *
 * @module
 */
import { readFile, writeFileAtomic } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import type { Way } from '@sallygate/dial'

export function wayFile(path: string, log: Log): { readonly first: Way; readonly onChange: (way: Way) => void } {
  return {
    first: readWay(path),
    onChange(way) {
      log.info('the relay is reached another way', { way })
      try {
        writeFileAtomic(path, `${way}\n`)
      } catch (error) {
        log.warn('the way to the relay is not remembered', { error })
      }
    },
  }
}

function readWay(path: string): Way {
  try {
    return readFile(path).toString('utf8').trim() === 'longPoll' ? 'longPoll' : 'webSocket'
  } catch {
    return 'webSocket'
  }
}
