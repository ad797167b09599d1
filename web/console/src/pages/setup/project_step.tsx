import { ColorInput, Select, SimpleGrid, Stack, TagsInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';

import { api, dataOf } from '../../api.ts';
import { Card } from '../../parts/basics.tsx';
import { SaveBar, useSettings } from '../../parts/settings.tsx';
import { type Project, projectKey, useProject } from '../../project.tsx';
import { useSession } from '../../session.tsx';
import { useT } from '../../words.tsx';
import { LoginPreview } from './login_preview.tsx';
import classes from './setup.module.css';
import { NextStep } from './setup.tsx';

/** What the form holds: empty texts for what isn't set. */
function valuesOf(project: Project) {
  const { branding } = project;
  return {
    name: project.name,
    slug: project.slug,
    default_language: project.default_language,
    contact_email: project.contact_email ?? '',
    privacy_url: project.privacy_url ?? '',
    terms_url: project.terms_url ?? '',
    allowed_countries: project.allowed_countries,
    allowed_origins: project.allowed_origins,
    logo_url: branding.logo_url ?? '',
    image_url: branding.image_url ?? '',
    primary_color: branding.primary_color ?? '',
    background_color: branding.background_color ?? '',
    text_color: branding.text_color ?? '',
  };
}
export type ProjectValues = ReturnType<typeof valuesOf>;

function changeOf(values: ProjectValues) {
  const { logo_url, image_url, primary_color, background_color, text_color, contact_email, privacy_url, terms_url, ...rest } = values;
  return {
    ...rest,
    contact_email: contact_email || null,
    privacy_url: privacy_url || null,
    terms_url: terms_url || null,
    branding: {
      logo_url: logo_url || null,
      image_url: image_url || null,
      primary_color: primary_color || null,
      background_color: background_color || null,
      text_color: text_color || null,
    },
  };
}

/** Step 1: who one is, and how the login page looks, drawn beside it as it will be. */
export function ProjectStep() {
  const t = useT();
  const queries = useQueryClient();
  const { project, projectId, etag } = useProject();
  const { mayChange } = useSession();
  const settings = useSettings(valuesOf(project), async (values) => {
    await dataOf(
      api.PATCH('/v2/access/projects/{project_id}', {
        params: { path: { project_id: projectId }, ...(etag ? { header: { 'If-Match': etag } } : {}) },
        body: changeOf(values),
      }),
    );
    await Promise.all([projectKey(projectId), ['projects'], ['setup', projectId]].map((queryKey) => queries.invalidateQueries({ queryKey })));
  });
  const { form } = settings;
  const field = (name: keyof ProjectValues) => ({ ...form.getInputProps(name), readOnly: !mayChange });
  const swatches = ['#1f7a61', '#1c4fd7', '#7c3aed', '#c2255c', '#e8590c', '#212529'];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void settings.submit();
      }}
    >
      <div className={classes.withPreview}>
        <Stack>
          <Card title={t('about_project')}>
            <Stack gap="sm">
              <SimpleGrid type="container" cols={{ base: 1, '440px': 2 }}>
                <TextInput label={t('name')} required maxLength={60} {...field('name')} />
                <TextInput label={t('slug')} description={t('slug_hint', { slug: form.values.slug })} required inputWrapperOrder={['label', 'input', 'description', 'error']} {...field('slug')} />
                <Select
                  label={t('default_language')}
                  allowDeselect={false}
                  data={[
                    { value: 'en', label: 'English' },
                    { value: 'es', label: 'Español' },
                    { value: 'pt', label: 'Português' },
                  ]}
                  {...field('default_language')}
                />
                <TextInput label={t('contact_email')} type="email" {...field('contact_email')} />
                <TextInput label={t('privacy_url')} type="url" placeholder="https://" {...field('privacy_url')} />
                <TextInput label={t('terms_url')} type="url" placeholder="https://" {...field('terms_url')} />
              </SimpleGrid>
              <TagsInput label={t('allowed_countries')} description={t('allowed_countries_hint')} placeholder="ES, BR, *" {...field('allowed_countries')} onChange={(codes) => form.setFieldValue('allowed_countries', codes.map((code) => code.toUpperCase()))} />
              <TagsInput label={t('allowed_origins')} description={t('allowed_origins_hint')} placeholder="https://shop.example" {...field('allowed_origins')} />
            </Stack>
          </Card>
          <Card title={t('branding')} text={t('branding_text')}>
            <Stack gap="sm">
              <SimpleGrid type="container" cols={{ base: 1, '440px': 3 }}>
                <ColorInput withEyeDropper={false} label={t('primary_color')} swatches={swatches} placeholder="#1f7a61" {...field('primary_color')} />
                <ColorInput withEyeDropper={false} label={t('background_color')} placeholder="#ffffff" {...field('background_color')} />
                <ColorInput withEyeDropper={false} label={t('text_color')} placeholder="#1a1a1a" {...field('text_color')} />
              </SimpleGrid>
              <TextInput label={t('logo_url')} type="url" placeholder="https://" {...field('logo_url')} />
              <TextInput label={t('image_url')} type="url" placeholder="https://" {...field('image_url')} />
            </Stack>
          </Card>
        </Stack>
        <div className={classes.preview}>
          <LoginPreview values={form.values} />
        </div>
      </div>
      <SaveBar settings={settings as never} mayChange={mayChange} next={<NextStep after="project" />} />
    </form>
  );
}
