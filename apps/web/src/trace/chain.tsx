/**
 * The certificates the other end of TLS sent.
 *
 * @module
 */
import { Text } from '@mantine/core'
import type { ChainLink } from '../api/service-shapes.ts'
import { visible } from '../text/directory-text.ts'

/** What the other end sent, its own certificate first. */
export function Chain({ links }: { readonly links: readonly ChainLink[] }) {
  return (
    <details className="unfold">
      <summary>
        <Text span size="xs">
          {links.length === 1 ? 'The certificate it sent' : `The ${links.length} certificates it sent`}
        </Text>
      </summary>
      <ol className="chain">
        {links.map(({ subject, issuer, thumbprint, daysLeft }) => (
          <li key={thumbprint}>
            <Text size="xs" component="div" className="outside">
              <strong>{visible(subject)}</strong>, issued by {visible(issuer)}
              {daysLeft !== undefined && (daysLeft < 0 ? ', expired' : `, ${daysLeft} days left`)}
            </Text>
            <Text size="xs" c="dimmed" component="div" className="mono outside">
              {thumbprint}
            </Text>
          </li>
        ))}
      </ol>
    </details>
  )
}
