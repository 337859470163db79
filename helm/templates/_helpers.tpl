{{/* The arguments of all: `root`, and the `name` of a process. */}}

{{- define "harmony.selector" -}}
app.kubernetes.io/name: harmony
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .name }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{- define "harmony.labels" -}}
{{ include "harmony.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{- define "harmony.metadata" -}}
name: {{ .root.Release.Name }}{{ with .name }}-{{ . }}{{ end }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "harmony.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* A variable from a key of a Secret: `secret`, `key`, and `optional`. */}}
{{- define "harmony.secret" -}}
- name: {{ .key }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
      {{- if .optional }}
      optional: true
      {{- end }}
{{- end }}

{{/* What every pod has: who it runs as, where, from which registry. */}}
{{- define "harmony.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "harmony.container" -}}
{{- $image := .root.Values.image -}}
image: {{ $image.repository }}{{ if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .root.Chart.AppVersion }}{{ end }}
imagePullPolicy: {{ $image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/*
A Deployment. `values` are the process's own, `doors` the roles it logs in as, `replicas` how many there are where nothing
scales it, `isApi`, `hasData` whether it needs keys and files, and `env` what only it is told.
*/}}
{{- define "harmony.deployment" -}}
{{- $values := .root.Values -}}
{{- $secrets := $values.secrets -}}
{{- $health := ternary "http" "metrics" .isApi -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "harmony.metadata" . | nindent 2 }}
spec:
  {{- with .replicas }}
  replicas: {{ . }}
  {{- end }}
  selector:
    matchLabels:
      {{- include "harmony.selector" . | nindent 6 }}
  strategy:
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  template:
    metadata:
      labels:
        {{- include "harmony.selector" . | nindent 8 }}
      {{- with $values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "harmony.pod" . | nindent 6 }}
      # A process gives what is under way 20 s and may take 5 s to note it; the API before that leaves its clients 5 s to
      # hear that it goes.
      terminationGracePeriodSeconds: 40
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "harmony.selector" . | nindent 14 }}
      containers:
        - name: {{ .name }}
          {{- include "harmony.container" . | nindent 10 }}
          command: [{{ .name }}]
          env:
            - name: LOG
              value: {{ $values.log | quote }}
            {{- with $values.traces }}
            {{- if .endpoint }}
            - name: OTEL_EXPORTER_OTLP_ENDPOINT
              value: {{ .endpoint | quote }}
            - name: OTEL_TRACES_SAMPLER_ARG
              value: {{ .share | quote }}
            {{- end }}
            {{- end }}
            {{- if .hasData }}
            - name: PUBLIC_URL
              value: {{ $values.publicUrl | quote }}
            - name: SECRETS_DIR
              value: /data/keys
            - name: FILES_URL
              value: file:///data/files
            {{- end }}
            {{- if .isApi }}
            - name: BIND
              value: 0.0.0.0:8080
            - name: API_METRICS_BIND
              value: 0.0.0.0:9464
            {{- else }}
            - name: METRICS_BIND
              value: 0.0.0.0:9464
            {{- end }}
            {{- include "harmony.secret" (dict "secret" $secrets.database "key" "DATABASE_URL") | nindent 12 }}
            {{- range .doors }}
            {{- include "harmony.secret" (dict "secret" $secrets.database "key" (printf "%s_DATABASE_URL" .) "optional" true) | nindent 12 }}
            {{- end }}
            {{- include "harmony.secret" (dict "secret" $secrets.redis "key" "REDIS_URL") | nindent 12 }}
            {{- if eq .name "email" }}
            {{- include "harmony.secret" (dict "secret" $secrets.mail "key" "SMTP_URL") | nindent 12 }}
            {{- end }}
            {{- if and .isApi $secrets.oidc }}
            {{- range list "GOOGLE_CLIENT_ID" "GOOGLE_CLIENT_SECRET" "MICROSOFT_CLIENT_ID" "MICROSOFT_CLIENT_SECRET" }}
            {{- include "harmony.secret" (dict "secret" $secrets.oidc "key" . "optional" true) | nindent 12 }}
            {{- end }}
            {{- end }}
            {{- range $name, $value := merge (dict) (.env | default dict) $values.settings }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          ports:
            {{- if .isApi }}
            - name: http
              containerPort: 8080
            {{- end }}
            - name: metrics
              containerPort: 9464
          startupProbe:
            httpGet: {path: /health/live, port: {{ $health }}}
            periodSeconds: 2
            timeoutSeconds: 2
            failureThreshold: 30
          readinessProbe:
            httpGet: {path: /health/ready, port: {{ $health }}}
            periodSeconds: 5
            timeoutSeconds: 4
            failureThreshold: 2
          livenessProbe:
            httpGet: {path: /health/live, port: {{ $health }}}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          {{- if .isApi }}
          lifecycle:
            preStop:
              sleep: {seconds: 5}
          {{- end }}
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          {{- if .hasData }}
          volumeMounts:
            - name: keys
              mountPath: /data/keys
              readOnly: true
            - name: files
              mountPath: /data/files
      volumes:
        - name: keys
          secret:
            secretName: {{ $secrets.keys }}
            defaultMode: 0440
            {{- if not .isApi }}
            # Only the API signs tokens.
            items:
              - key: link.key
                path: link.key
            {{- end }}
        - name: files
          persistentVolumeClaim:
            claimName: {{ $values.files.existingClaim | default (printf "%s-files" .root.Release.Name) }}
      {{- end }}
{{- end }}

{{- define "harmony.disruptions" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "harmony.metadata" . | nindent 2 }}
spec:
  # Of one process, too: whoever empties a node must get it empty.
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "harmony.selector" . | nindent 6 }}
{{- end }}

{{- define "harmony.cpuScaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "harmony.metadata" . | nindent 2 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ .root.Release.Name }}-{{ .name }}
  minReplicas: {{ .values.minReplicas }}
  maxReplicas: {{ .values.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .values.cpuPercent }}
{{- end }}

{{/* How many there are where nothing scales them; nothing where something does. */}}
{{- define "harmony.fixedReplicas" -}}
{{- if eq (int .minReplicas) (int .maxReplicas) }}{{ .minReplicas }}{{ end }}
{{- end }}
