/**
 * A conversation: what an attached peer says, frame by frame, and who deals with it.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { decodeFrame, isCargoFrame, type FrameNamed, type PeerFrame } from '@sallygate/hop'
import type { AdmissionBook } from './admission-book.ts'
import type { Attachment } from './attachment.ts'
import type { Counters } from './counters.ts'
import type { LineEvents } from './line.ts'
import { Parts } from './parts.ts'
import type { Roster } from './roster.ts'
import type { Router } from './router.ts'

export interface ConversationOptions {
  readonly counters: Counters
  readonly roster: Roster
  readonly router: Router
  readonly book: AdmissionBook
  /** A list came into force: whoever is no longer on it has to go. */
  readonly admissionChanged: () => void
  /** It has another attachment that takes its place. */
  readonly handedOver: (attachment: Attachment, frame: FrameNamed<'handOver'>) => void
}

export function converse(attachment: Attachment, options: ConversationOptions): LineEvents {
  const { counters, roster, router, book } = options
  let parts: Parts | undefined
  const handle = (frame: Exclude<PeerFrame, { readonly type: 'cargo' }>): void => {
    switch (frame.type) {
      case 'ping':
        return attachment.answerPing(frame.sequence)
      case 'pong':
        return
      case 'credit':
        return attachment.grant(frame.count)
      case 'draining':
        return roster.markDraining(attachment)
      case 'handOver':
        return options.handedOver(attachment, frame)
      case 'admit': {
        if (attachment.address.role !== 'console') {
          counters.ignored.notForThisRole++
          return attachment.tell({ type: 'admitted', number: book.number, ok: false, reason: 'notAllowed' })
        }
        const whole = (parts ??= new Parts()).add(frame)
        if (whole === 'more') return
        if (whole === 'malformed') {
          return attachment.tell({ type: 'admitted', number: book.number, ok: false, reason: 'malformed' })
        }
        attachment.tell(book.receive(whole))
        return options.admissionChanged()
      }
      case 'proof':
        // Who it is, is settled; a second proof is a peer that lost count.
        return attachment.refuse('badFrame', 'badFrame', 0)
    }
  }
  return {
    frame(bytes) {
      attachment.heard()
      if (isCargoFrame(bytes)) return router.route(attachment, bytes)
      try {
        const frame = decodeFrame(bytes, 'peer')
        if (frame.type !== 'cargo') handle(frame)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        attachment.refuse('badFrame', 'badFrame', 0)
      }
    },
    controlPing() {
      attachment.heard()
      attachment.answerControlPing()
    },
    broken: () => attachment.end('protocolError', 1002),
    closed: () => attachment.end('closed'),
  }
}
