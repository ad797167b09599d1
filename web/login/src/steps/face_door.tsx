import { useEffect, useState } from 'preact/hooks';
import type { ComponentType } from 'preact';
import { useLoginPage } from '../app_state';
import type { FaceStepProps } from '../face/face_step';
import { MainButton } from '../parts/buttons';
import { Refusal } from '../parts/notice';

/** Loads what looks at faces, which is far more than all the rest, when somebody comes for it. */
export function FaceDoor(props: FaceStepProps) {
  const { words } = useLoginPage();
  const [Step, setStep] = useState<ComponentType<FaceStepProps> | null>(null);
  const [isLost, setLost] = useState(false);
  const load = () => {
    setLost(false);
    import('../face/face_step').then(
      (loaded) => setStep(() => loaded.FaceStep),
      () => setLost(true),
    );
  };
  useEffect(load, []);
  if (Step) return <Step {...props} />;
  if (!isLost) return <p class="lead" role="status">{words.loading}</p>;
  return (
    <>
      <Refusal>{words.refusals.offline}</Refusal>
      <MainButton onPress={load}>{words.tryAgain}</MainButton>
    </>
  );
}
