import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("reader", "0003_fill_trials")]

    operations = [
        migrations.RemoveField(
            model_name='slot',
            name='case',
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counted', True), ('why_apart', '')), models.Q(('counted', False), models.Q(('why_apart', ''), _negated=True)), _connector='OR'), name='reading_apart_for_a_reason'),
        ),
        migrations.AlterField(
            model_name="case",
            name="trial",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="cases", to="reader.trial"),
        ),
        migrations.AlterField(
            model_name="slot",
            name="trial",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="reader.trial"),
        ),
        migrations.AlterField(
            model_name="pool",
            name="origin",
            field=models.CharField(choices=[("real", "Real"), ("synthetic", "Synthetic")], max_length=10),
        ),
    ]
