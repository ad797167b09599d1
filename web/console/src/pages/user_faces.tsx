import { Button, SimpleGrid } from '@mantine/core';
import { IconFaceId, IconFileCheck } from '@tabler/icons-react';

import { call, type Page, type Schemas } from '../api.ts';
import { Card, State, When } from '../parts/basics.tsx';
import { useAsk, useDeed } from '../parts/deeds.tsx';
import { List } from '../parts/list.tsx';
import { useProject } from '../project.tsx';
import { useSession } from '../session.tsx';
import { useT } from '../words.tsx';

type Face = Schemas['Face'];

type Consent = Schemas['Consent'];

/** A person's enrolled faces, of which there is nothing to see, and what they agreed to. */
export function FacesAndConsents({ userId }: { userId: string }) {
  const t = useT();
  const ask = useAsk();
  const { projectId } = useProject();
  const { mayChange } = useSession();
  const base = `/projects/${projectId}/users/${encodeURIComponent(userId)}`;
  const stale = [['faces', base], ['consents', base]];
  const destroy = useDeed({ run: (face: Face) => call('DELETE', `${base}/faces/${face.face_id}`), stale, done: t('face_destroyed') });
  const withdraw = useDeed({ run: (consent: Consent) => call('DELETE', `${base}/consents/${consent.consent_id}`), stale, done: t('consent_withdrawn') });
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card title={t('faces')}>
        <List<Face>
          queryKey={['faces', base]}
          fetch={(query) => call<Page<Face>>('GET', `${base}/faces`, { query: { ...query } })}
          itemKey={(face) => face.face_id}
          columns={[
            { name: t('created'), cell: (face) => <When at={face.created_at} /> },
            { name: t('last_used'), cell: (face) => <When at={face.last_used_at} /> },
            { name: t('face_refreshed'), cell: (face) => (face.refreshed_at ? <When at={face.refreshed_at} /> : '–') },
            { name: t('state'), cell: (face) => <State value={face.status === 'active' ? 'active' : 'pending'} label={t(`face_${face.status}`)} /> },
            {
              name: '',
              cell: (face) =>
                mayChange && (
                  <Button size="xs" variant="subtle" color="red" onClick={() => ask(t('destroy_face'), t('destroy_face_text'), t('destroy_face'), () => destroy.mutate(face))}>
                    {t('destroy_face')}
                  </Button>
                ),
            },
          ]}
          empty={{ title: t('faces_empty'), children: t('faces_empty_text'), icon: <IconFaceId size={28} /> }}
        />
      </Card>
      <Card title={t('consents')}>
        <List<Consent>
          queryKey={['consents', base]}
          fetch={(query) => call<Page<Consent>>('GET', `${base}/consents`, { query: { ...query } })}
          itemKey={(consent) => consent.consent_id}
          columns={[
            { name: t('consent_text'), cell: (consent) => consent.text_version },
            { name: t('accepted'), cell: (consent) => <When at={consent.accepted_at} /> },
            {
              name: t('state'),
              cell: (consent) =>
                consent.withdrawn_at ? (
                  <State value="canceled" label={t('consent_withdrawn')} />
                ) : (
                  mayChange && (
                    <Button size="xs" variant="subtle" color="red" onClick={() => ask(t('withdraw_consent'), t('withdraw_consent_text'), t('withdraw_consent'), () => withdraw.mutate(consent))}>
                      {t('withdraw_consent')}
                    </Button>
                  )
                ),
            },
          ]}
          empty={{ title: t('consents_empty'), icon: <IconFileCheck size={28} /> }}
        />
      </Card>
    </SimpleGrid>
  );
}
