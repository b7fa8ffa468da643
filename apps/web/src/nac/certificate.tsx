/**
 * What ISE has to import so that it believes nac: the certificate, its chain, thumbprints and end.
 *
 * @module
 */
import { Button, Stack, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Standing } from '../gate/gate.ts'
import { Answer } from '../parts/answer.tsx'
import { Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { saveFile } from '../parts/save-file.ts'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { ThumbprintLine } from '../parts/thumbprint-line.tsx'
import { visible } from '../text/directory-text.ts'
import { expiry } from '../text/time.ts'
import { nacCertificatesQuery } from './queries.ts'

export function NacCertificate() {
  const certificates = useQuery(nacCertificatesQuery)
  const now = useNow()
  return (
    <Answer of={certificates}>
      {({ authority, servers }) => (
        <Stack gap="lg">
          {servers.length === 0 && (
            <Notice
              about="warning"
              says="No nac has shown its certificate yet."
              fix="It tells the console when it starts. The authority below is enough for ISE to believe it."
            />
          )}
          {servers.map(({ nac, chain, thumbprints, notAfter, daysLeft }) => (
            <Section
              key={nac}
              title={`Certificate of ${visible(nac)}`}
              says={
                <>
                  <StandingWord standing={standingOf(daysLeft)}>{countdown(daysLeft)}</StandingWord> Ends{' '}
                  {expiry(notAfter, now)}. It is renewed by itself, under the same authority: who trusts that stays
                  trusting.
                </>
              }
              actions={
                <Button
                  leftSection={<IconDownload size={16} aria-hidden />}
                  onClick={() => saveFile(`${nac.replaceAll(/[^\w.-]/g, '-')}-chain.pem`, chain)}
                >
                  With its chain
                </Button>
              }
            >
              <Stack gap="sm">
                <ThumbprintLine title="SHA-256" thumbprint={thumbprints.sha256} />
                <ThumbprintLine title="Windows thumbprint (SHA-1)" thumbprint={thumbprints.sha1Windows} />
              </Stack>
            </Section>
          ))}
          <Section
            title="Authority"
            says={`In ISE: Administration, System, Certificates, Trusted Certificates, Import; trust it for authentication within ISE. Ends ${expiry(authority.notAfter, now)}.`}
            actions={
              <Button
                variant="light"
                leftSection={<IconDownload size={16} aria-hidden />}
                onClick={() => saveFile('sallygate-authority.pem', authority.pem)}
              >
                Authority only
              </Button>
            }
          >
            <Stack gap="sm">
              <ThumbprintLine title="SHA-256" thumbprint={authority.thumbprints.sha256} />
              <Text size="sm" c="dimmed">
                Compare it with what the other end shows before you trust it.
              </Text>
            </Stack>
          </Section>
        </Stack>
      )}
    </Answer>
  )
}

/** As the console warns: 30, 14, 7 and 1 days before. */
function standingOf(days: number): Standing {
  if (days <= 7) return 'failed'
  return days <= 30 ? 'warning' : 'ok'
}

function countdown(days: number): string {
  if (days < 0) return 'ended'
  return days === 1 ? '1 day left' : `${days} days left`
}
