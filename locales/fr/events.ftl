events-title = Événements privés
events-private = Événement privé
events-new = Ajouter un événement privé
events-edit = Événement privé
events-calendar = Agenda
events-text = Du temps pris hors rendez-vous : personne ne peut le réserver. Seule votre équipe voit de quoi il s’agit.
events-staff = Qui
events-everybody = Tout le monde
events-show = Afficher
events-empty = Rien de prévu
events-empty-text = Ajoutez déjeuners, rendez-vous personnels, congés : tout ce que personne ne doit réserver.
events-name = Titre
events-all-day = Toute la journée
events-all-day-hint = Les heures sont alors ignorées.
events-from = Du
events-from-time = Commence à
events-to = Au
events-to-time = Se termine à
events-zone = Les heures sont celles de { $zone }.
events-repeats = Répétition
events-repeat-label = Se répète
events-repeat-hint = Une occurrence modifiée seule ne se répète jamais.
events-repeat = { $repeat ->
    [daily] Tous les jours
    [weekly] Toutes les semaines, les jours ci-dessous
    [monthly] Tous les mois, le même jour
    [yearly] Tous les ans
    [kept] Telle quelle
   *[never] Jamais
}
events-every = Tous les combien
events-every-hint = 2 avec « toutes les semaines » signifie une semaine sur deux.
events-weekdays = Ces jours de la semaine
events-until = Jusqu’au, inclus
events-count = Ou combien de fois
events-note = Note
events-scope-legend = Que modifiez-vous ?
events-scope = { $scope ->
    [this] Celui-ci
    [later] Celui-ci et les suivants
   *[all] Tous
}
events-remove = Supprimer
events-remove-hint = Son temps redevient réservable.
events-remove-hint-series = Ce que vous avez choisi plus haut est supprimé : celui-ci, celui-ci et les suivants, ou tous.
events-remove-do = Supprimer
events-imported = Il vient d’un fichier d’agenda. Si vous importez ce fichier de nouveau, il redevient tel qu’il y est.
events-saved = Enregistré.
events-saved-overlap = Enregistré. Des rendez-vous tombent sur ce temps : ils sont maintenus, déplacez-les si besoin.

recurrence-other = Se répète
recurrence-days = { $every ->
    [1] Tous les jours
   *[other] Tous les { $every } jours
}
recurrence-weeks = { $every ->
    [1] Toutes les semaines le { $days }
   *[other] Toutes les { $every } semaines le { $days }
}
recurrence-months = { $every ->
    [1] Tous les mois le { $day }
   *[other] Tous les { $every } mois le { $day }
}
recurrence-months-last = { $every ->
    [1] Tous les mois le dernier jour
   *[other] Tous les { $every } mois le dernier jour
}
recurrence-months-nth = { $every ->
    [1] Tous les mois
   *[other] Tous les { $every } mois
} le { $nth ->
    [first] premier
    [second] deuxième
    [third] troisième
    [fourth] quatrième
    [fifth] cinquième
   *[last] dernier
} { $day }
recurrence-years = { $every ->
    [1] Tous les ans, d’abord le { $day }
   *[other] Tous les { $every } ans, d’abord le { $day }
}
recurrence-times = { $rule }, { $count ->
    [1] une fois
   *[other] { $count } fois
}
recurrence-until = { $rule }, jusqu’au { $date }
recurrence-day = { $day ->
    [1] lundi
    [2] mardi
    [3] mercredi
    [4] jeudi
    [5] vendredi
    [6] samedi
   *[7] dimanche
}

feeds-title = Autres agendas
feeds-hint = S’abonner à cet agenda ailleurs, ou reprendre un fichier d’agenda.
feeds-open = Relier
feeds-of = Agenda de { $name }
feeds-subscribe = S’abonner depuis un autre agenda
feeds-subscribe-text = Google Agenda, Outlook et Calendrier d’Apple peuvent afficher ces rendez-vous et événements privés. Ils relisent l’agenda de temps en temps : un changement peut mettre des heures à s’y voir.
feeds-url = Voici l’adresse
feeds-url-text = Elle n’est affichée que maintenant. Quiconque l’a voit l’agenda sans se connecter.
feeds-copy = Copier l’adresse
feeds-shows = Ce qu’elle montre
feeds-details = Les détails : nom du client, prestation et code du rendez-vous ; titres et notes des événements privés
feeds-busy = Seulement que le temps est pris
feeds-privacy = Avec les détails, des noms de clients vont à l’entreprise dont vous utilisez l’agenda. Les adresses, téléphones et notes des rendez-vous, jamais.
feeds-create = Créer une adresse
feeds-renew = Créer une nouvelle adresse
feeds-revoke = Retirer l’adresse
feeds-revoked = L’adresse ne mène plus nulle part.
feeds-import = Reprendre un fichier d’agenda
feeds-import-text = Les événements d’un fichier .ics deviennent des événements privés. Importé de nouveau, le fichier les met à jour : rien n’est en double.
feeds-file = Fichier (.ics, 5 Mo et 5 000 événements au plus)
feeds-import-do = Importer
feeds-report = { $made } créés, { $updated } mis à jour, { $unchanged } inchangés, { $removed } supprimés
feeds-overlaps = { $count ->
    [one] Un rendez-vous tombe sur ce temps, et est maintenu : { $codes }
   *[other] { $count } rendez-vous tombent sur ce temps, et sont maintenus : { $codes }
}
feeds-left-out = { $count ->
    [one] Un a été laissé de côté :
   *[other] { $count } ont été laissés de côté :
}
feeds-why = { $code ->
    [NO_UID] n’a pas d’identifiant.
    [NO_START] n’a pas de début lisible.
    [TWICE] est deux fois dans le fichier ; le dernier compte.
    [RULE] a une règle illisible.
    [NO_TIME] ne prend pas de temps.
    [OWN] est déjà ici : c’est une de vos réservations ou un de vos événements privés.
    [TOO_MANY] se répète trop souvent.
    [OUT_OF_RANGE] dure trop longtemps, se répète trop souvent, ou est trop loin.
   *[other] ne peut pas être repris.
}
