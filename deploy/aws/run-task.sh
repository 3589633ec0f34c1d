#!/usr/bin/env bash
# Runs a one-off task of a stack, shows its log, and leaves with its exit code. Needs the AWS CLI.
#   deploy/aws/run-task.sh STACK                     manage.py bootstrap
#   deploy/aws/run-task.sh STACK COMMAND WORD...     another command; no word may hold a quote
set -euo pipefail
stack=${1:?"which stack? deploy/aws/run-task.sh STACK [COMMAND...]"}
shift

output() {
    local value
    value=$(aws cloudformation describe-stacks --stack-name "$stack" --output text \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue")
    if [ -z "$value" ] || [ "$value" = None ]; then
        echo "The stack $stack has no output $1: was it made from deploy/aws/cloudformation.yaml?" >&2
        exit 1
    fi
    echo "$value"
}

cluster=$(output Cluster)
definition=$(output MigrationTask)
network=$(output TaskNetwork)
logs=$(output Logs)

overrides='{}'
if [ $# -gt 0 ]; then
    words=$(printf '"%s",' "$@")
    overrides="{\"containerOverrides\": [{\"name\": \"migration\", \"command\": [${words%,}]}]}"
fi

task=$(aws ecs run-task --cluster "$cluster" --task-definition "$definition" --launch-type FARGATE \
    --network-configuration "$network" --overrides "$overrides" \
    --query 'tasks[0].taskArn' --output text)
if [ "$task" = None ]; then
    echo "ECS has started no task: see the events of the cluster $cluster." >&2
    exit 1
fi
echo "Waiting for ${task##*/}"
# Each wait lasts ten minutes at most; a migration may take longer.
for _ in 1 2 3 4 5 6; do
    aws ecs wait tasks-stopped --cluster "$cluster" --tasks "$task" && break
done

ended() {
    aws ecs describe-tasks --cluster "$cluster" --tasks "$task" --query "$1" --output text
}

code=$(ended 'tasks[0].containers[0].exitCode')
if [ "$code" = None ]; then
    echo "The task has no exit code: $(ended 'tasks[0].[lastStatus, stoppedReason]')" >&2
    exit 1
fi
aws logs get-log-events --log-group-name "$logs" --log-stream-name "migration/migration/${task##*/}" \
    --start-from-head --query 'events[].[message]' --output text
exit "$code"
